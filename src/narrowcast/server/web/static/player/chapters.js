// The list of chapters: where one is, and the way to each.
import { make, one } from "../parts/dom.js";
import { clock } from "../parts/words.js";
import { keyHere } from "./keys.js";
import { chapterAt } from "./sound.js";

/** Fill and keep the list in `article` for what is `heard`. */
export function chapters(article, heard, { signal, view }) {
  const list = one("[data-chapters]", article);
  let buttons = [];
  let shown = null;

  function write() {
    shown = null;
    const all = heard.cues?.chapters ?? [];
    buttons = all.map(({ start, title }) => make("button", {
      type: "button", class: "btn-ghost", onclick: () => heard.seek(start, { play: heard.on }),
    }, make("time", { class: "mono faint" }, clock(start)), make("span", {}, title)));
    list.replaceChildren(...buttons.map((button) => make("li", {}, button)));
    if (!buttons.length) list.append(make("li", { class: "quiet" }, heard.state.live ? "They come with the finished episode." : "It has none."));
    move();
  }

  function move() {
    const number = chapterAt(heard.cues, heard.at)?.number ?? null;
    if (number === shown) return;
    shown = number;
    buttons.forEach((button, each) => {
      if (each === number) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    });
  }

  heard.addEventListener("cues", write);
  heard.addEventListener("time", move);
  keyHere("l", () => {
    view("chapters");
    buttons[shown ?? 0]?.focus();
  }, signal);
}
