// The chips of what is chosen to be read.
import { address } from "../parts/api.js";
import { icon, make } from "../parts/dom.js";
import { count } from "../parts/words.js";

/** Show in `list` what `draft` has. */
export function showChosen(list, draft) {
  const chips = draft.sources.map((source) => chip({
    kind: source.format === "text" || source.format === "markdown" ? "sticky-note" : "file-text",
    title: source.title, told: count(source.words, "word"), href: `/sources/${source.id}`, remove: () => draft.remove(source.id),
  }));
  const { notebook } = draft;
  if (notebook) {
    chips.unshift(chip({ kind: "notebook-text", title: notebook.name, told: count(notebook.source_ids.length, "source"),
      href: `/notebooks/${notebook.id}`, remove: () => {
        draft.notebook = null;
        draft.changed();
      } }));
  }
  const focused = [...list.children].findIndex((each) => each.contains(document.activeElement));
  list.replaceChildren(...chips);
  list.hidden = !chips.length;
  if (focused >= 0) {
    const next = list.children[Math.min(focused, chips.length - 1)]?.querySelector("button");
    (next ?? document.querySelector("[data-text]"))?.focus();
  }
}

function chip({ kind, title, told, href, remove }) {
  return make("li", { class: "chip with-button" }, icon(kind, 16),
    make("span", {}, make("a", { href: address(href) }, title), " ", make("span", { class: "quiet num" }, told)),
    make("button", { type: "button", "aria-label": `Leave out ${title}`, onclick: remove }, icon("x", 16)));
}
