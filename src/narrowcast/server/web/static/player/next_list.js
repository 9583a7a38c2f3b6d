// The list of what plays next, beside an episode: its order, and what is put on it or taken off.
import { address } from "../parts/api.js";
import { icon, make, one, toastFault } from "../parts/dom.js";
import { clock } from "../parts/words.js";
import { addUpNext, setUpNext, upNext } from "./up_next.js";

/** Fill and keep the list in `article`; the button puts the page's own episode on it. */
export function nextList(article, heard, { signal }) {
  const list = one("[data-next-list]", article);
  const add = one("[data-add-next]", article);
  let items = [];

  function show() {
    list.replaceChildren(...items.map(row));
    if (!items.length) list.append(make("li", { class: "quiet" }, "Nothing: it ends with this episode."));
    add.hidden = items.some((each) => each.episode_id === heard.id);
  }

  function row(item, place) {
    const length = item.playable ? clock(item.duration) : "being made";
    return make("li", {},
      make("a", { href: address(`/episodes/${item.episode_id}`) }, item.title), make("span", { class: "small quiet num" }, length),
      make("span", { class: "row" },
        tool("arrow-up", `Move ${item.title} up`, place === 0, () => move(place, -1)),
        tool("x", `Take ${item.title} off the list`, false, () => put(items.filter((each) => each !== item)))));
  }

  function tool(name, label, disabled, act) {
    return make("button", { type: "button", class: "btn-ghost btn-icon", "aria-label": label, disabled, onclick: act }, icon(name, 18));
  }

  function move(place, step) {
    const next = [...items];
    next.splice(place + step, 0, ...next.splice(place, 1));
    put(next);
  }

  async function put(next) {
    try {
      await setUpNext(next.map((each) => each.episode_id));
    } catch (fault) {
      toastFault(fault);
    }
  }

  add.addEventListener("click", () => addUpNext(heard.id).catch(toastFault), { signal });
  document.addEventListener("up-next", ({ detail }) => {
    items = detail.items;
    show();
  }, { signal });
  upNext(signal).then((found) => {
    items = found;
    show();
  }, (fault) => fault.name === "AbortError" || list.replaceChildren(make("li", { class: "quiet" }, fault.message)));
}
