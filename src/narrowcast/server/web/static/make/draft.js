// What is chosen on the Make page: kept by this browser until it is made, so that nothing is lost by leaving or a reload.
const KEY = "narrowcast.make";
const EMPTY = { sources: [], notebook: null, text: "", options: {} };

/** One person's draft; another person's at the same browser is never shown. Tells `change` when it changes. */
export class Draft extends EventTarget {
  constructor(owner) {
    super();
    this.owner = owner;
    Object.assign(this, structuredClone(EMPTY), this.#read());
  }

  #read() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY));
      if (kept?.owner === this.owner && Array.isArray(kept.sources)) {
        return { sources: kept.sources, notebook: kept.notebook, text: String(kept.text ?? ""), options: kept.options ?? {} };
      }
    } catch {
      // Nothing was kept that can be read, or nothing may be: it is a draft that lives as long as its page.
    }
    return {};
  }

  /** Choose a source besides the others; one that is chosen stays where it is. */
  add(source) {
    if (this.sources.some((each) => each.id === source.id)) return;
    this.sources.push({ id: source.id, title: source.title, format: source.format, words: source.words });
    this.changed();
  }

  /** Choose it no more. */
  remove(id) {
    this.sources = this.sources.filter((each) => each.id !== id);
    this.changed();
  }

  /** Begin anew. */
  clear() {
    Object.assign(this, structuredClone(EMPTY));
    this.changed();
  }

  /** Keep it, and tell. */
  changed() {
    const { owner, sources, notebook, text, options } = this;
    try {
      localStorage.setItem(KEY, JSON.stringify({ owner, sources, notebook, text, options }));
    } catch {
      // The store is full or closed: see above.
    }
    this.dispatchEvent(new Event("change"));
  }
}
