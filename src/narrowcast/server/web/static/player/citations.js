// What a turn cites, beside it: the passages' own words, and why some words of the turn are marked.
import { api } from "../parts/api.js";
import { icon, make, one } from "../parts/dom.js";
import { clock } from "../parts/words.js";

/** Gives `open(turn, number)`: shows that passage, or with no number all that the turn cites and what is not in there. */
export function citations(article, heard) {
  const panel = one("[data-panel=source]", article);
  const place = one("[data-source]", article);
  let known = null;

  async function passages() {
    if (known) return known;
    const found = new Map();
    let cursor = 0;
    do {
      const page = await api("GET", `podcasts/${heard.id}/script/passages?limit=500&cursor=${cursor}`);
      for (const each of page.items) found.set(each.number, each);
      cursor = page.next_cursor;
    } while (cursor);
    known = found;
    return found;
  }

  return async function open(turn, number) {
    const wanted = number === null ? turn.cites : [number];
    const parts = number === null ? turn.flagged.map(reason) : [];
    show([...parts, make("p", { class: "waiting" })]);
    try {
      const found = await passages();
      show([...parts, ...wanted.map((each) => quote(found.get(each)))]);
    } catch (fault) {
      show([...parts, make("p", { class: "quiet" }, fault.message), make("button", { type: "button", onclick: () => open(turn, number) }, "Try again")]);
    }
  };

  function show(parts) {
    // Beside the words where there is room for it, else above them.
    if (matchMedia("(min-width: 60.01rem)").matches) {
      panel.hidden = false;
      place.replaceChildren(...parts);
      return;
    }
    let dialog = document.querySelector("dialog.source");
    if (!dialog) {
      dialog = make("dialog", { class: "source", "aria-label": "From the source" }, make("div", { class: "stack" }),
        make("form", { method: "dialog" }, make("button", { class: "btn-ghost btn-icon", "aria-label": "Close" }, icon("x"))));
      dialog.addEventListener("close", () => dialog.remove());
      document.body.append(dialog);
      dialog.showModal();
    }
    one(".stack", dialog).replaceChildren(...parts);
  }
}

function reason({ text, why }) {
  return make("p", {}, make("mark", { class: "flag" }, text), " ", make("span", { class: "quiet" }, why));
}

function quote(passage) {
  if (!passage) return make("p", { class: "quiet" }, "This passage is not kept here any more.");
  const where = [passage.source, passage.page && `page ${passage.page}`, passage.start_ms !== null && clock(passage.start_ms / 1000),
    passage.headings.at(-1)].filter(Boolean).join(", ");
  return make("blockquote", {}, make("p", {}, passage.text), make("footer", { class: "small quiet" }, where));
}
