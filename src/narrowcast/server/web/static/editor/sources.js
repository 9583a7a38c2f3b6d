// What lines draw on: the passages that they cite, and the words in them that these do not hold.
import { api } from "../parts/api.js";
import { clock } from "../parts/words.js";
import { make, one } from "../parts/dom.js";

const canMark = "highlights" in CSS;

/** Citations and claims of one script. */
export class Sources {
  constructor(episodeId, signal) {
    this.path = `podcasts/${episodeId}/script`;
    this.signal = signal;
    this.passages = new Map();
    this.claims = new Map();
    signal.addEventListener("abort", () => canMark && CSS.highlights.delete("flagged"));
  }

  /** Read them all for the script as it was saved. */
  async look() {
    const claims = await api("GET", `${this.path}/claims`, { signal: this.signal });
    this.claims = Map.groupBy ? Map.groupBy(claims.items, (claim) => claim.turn) : grouped(claims.items);
    let cursor = "";
    do {
      const page = await api("GET", `${this.path}/passages?limit=500${cursor}`, { signal: this.signal });
      for (const passage of page.items) this.passages.set(passage.number, passage);
      cursor = page.next_cursor ? `&cursor=${page.next_cursor}` : "";
    } while (cursor);
  }

  /** What is shown of a line's sources, as JSON: `[number, label]` each. */
  chips(turn) {
    return turn.cites.length ? JSON.stringify(turn.cites.map((number) => [number, this.label(number)])) : "";
  }

  label(number) {
    const passage = this.passages.get(number);
    if (!passage) return `passage ${number}`;
    if (passage.page) return `p. ${passage.page}`;
    if (passage.start_ms !== null) return clock(passage.start_ms / 1000);
    return passage.headings.at(-1) || `passage ${number}`;
  }

  /** The words of a line that are not in what it cites, as JSON; only while they still stand there. */
  flags(turn, id) {
    const found = (this.claims.get(id) ?? []).filter((claim) => turn.text.includes(claim.text));
    return found.length ? JSON.stringify([...new Set(found.map((claim) => claim.text))]) : "";
  }

  /** Draw a wavy line under them; `lines` are those of the paper, by key. */
  mark(lines, idOf) {
    if (!canMark) return;
    const ranges = [];
    for (const line of lines.values()) {
      const text = line.words.firstChild;
      if (text?.nodeType !== Node.TEXT_NODE) continue;
      for (const claim of this.claims.get(idOf(line.turn)) ?? []) {
        const at = text.data.startsWith(claim.text, claim.offset) ? claim.offset : text.data.indexOf(claim.text);
        if (at < 0) continue;
        const range = new Range();
        range.setStart(text, at);
        range.setEnd(text, at + claim.text.length);
        ranges.push(range);
      }
    }
    CSS.highlights.set("flagged", new Highlight(...ranges));
  }

  /** Show a passage in a dialog. */
  open(number) {
    const passage = this.passages.get(number);
    const title = passage ? passage.source : `Passage ${number}`;
    const place = passage && [passage.headings.join(" › "), passage.page && `page ${passage.page}`,
      passage.start_ms !== null && `at ${clock(passage.start_ms / 1000)}`].filter(Boolean).join(", ");
    const dialog = make("dialog", { class: "editing", "aria-label": `From the source: ${title}` },
      make("form", { method: "dialog", class: "stack" },
        make("div", {}, make("p", { class: "label" }, "From the source"), make("h2", {}, title)),
        passage ? make("blockquote", {}, passage.text)
          : make("p", { class: "quiet" }, "This server does not keep that source any more."),
        place && make("p", { class: "small quiet" }, place),
        make("div", { class: "row" }, make("button", { autofocus: true }, "Close"))));
    one("main").append(dialog);
    dialog.addEventListener("close", () => dialog.remove());
    dialog.showModal();
  }
}

function grouped(items) {
  const groups = new Map();
  for (const item of items) groups.set(item.turn, [...(groups.get(item.turn) ?? []), item]);
  return groups;
}
