// What was typed and is not on the server yet, in this browser: a closed tab or a dead network loses nothing.
const LIVE_MS = 30_000;
const RENEW_MS = 10_000;

/** The drafts of one episode. A draft is `{ base, doc, etag, at }`: documents as in model.js, and what they were made of. */
export class Drafts {
  constructor(episodeId, signal) {
    this.prefix = `narrowcast.edit.${episodeId}.`;
    this.mine = this.prefix + (sessionStorage.getItem(this.prefix) ?? this.named());
    this.draft = null;
    // Whoever lives says so: other windows leave its draft alone.
    const timer = setInterval(() => this.draft && this.write(), RENEW_MS);
    signal.addEventListener("abort", () => clearInterval(timer));
  }

  named() {
    const name = Math.random().toString(36).slice(2);
    sessionStorage.setItem(this.prefix, name);
    return name;
  }

  /** Keep a draft; false where the browser has no room for it. */
  keep(draft) {
    this.draft = draft;
    return this.write();
  }

  write() {
    try {
      localStorage.setItem(this.mine, JSON.stringify({ ...this.draft, at: Date.now() }));
      return true;
    } catch {
      return false;
    }
  }

  drop() {
    this.draft = null;
    localStorage.removeItem(this.mine);
  }

  /** The newest draft that was left: this window's own, or one of a window that is gone; it becomes this one's. */
  left() {
    const names = Array.from({ length: localStorage.length }, (_, at) => localStorage.key(at));
    const found = names.filter((name) => name.startsWith(this.prefix)).map((name) => [name, parsed(name)])
      .filter(([name, draft]) => draft && (name === this.mine || Date.now() - draft.at > LIVE_MS))
      .sort(([, one], [, two]) => two.at - one.at);
    for (const [name] of found) localStorage.removeItem(name);
    return found[0]?.[1] ?? null;
  }
}

function parsed(name) {
  try {
    const draft = JSON.parse(localStorage.getItem(name));
    return Array.isArray(draft?.doc?.segments) && Array.isArray(draft?.base?.segments) ? draft : null;
  } catch {
    return null;
  }
}
