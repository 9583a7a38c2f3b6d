// The page of one episode: its controls, its words, and what stands beside them; or how its making goes on.
import { one, toastFault } from "../parts/dom.js";
import { bookmarks } from "./bookmarks.js";
import { chapters } from "./chapters.js";
import { citations } from "./citations.js";
import { controls } from "./controls.js";
import { Heard } from "./heard.js";
import { showKeys } from "./keys.js";
import { nextList } from "./next_list.js";
import { search } from "./search.js";
import { standing } from "./standing.js";
import { transcript } from "./transcript.js";

/** Bring the page to life until `signal` aborts. */
export async function mount(main, { signal }) {
  const article = one(".listen", main);
  const heard = new Heard(article, signal);
  standing(article, heard, signal);
  if (!article.querySelector("[data-controls]")) return;
  const on = (selector, act) => {
    for (const each of article.querySelectorAll(selector)) each.addEventListener("click", () => act(each), { signal });
  };
  const view = (name) => {
    article.dataset.view = name;
    for (const each of article.querySelectorAll("[data-show]")) {
      each.setAttribute("aria-pressed", String(each.dataset.show === name));
    }
  };
  on("[data-show]", (button) => view(button.dataset.show));
  on("[data-keys]", showKeys);
  on("[data-rendering]", (button) => heard.hear(Number(button.dataset.rendering)).catch(toastFault));
  on("[data-share]", async () => {
    const { share } = await import("./share.js");
    share(heard.id, heard.at);
  });
  controls(article, heard, { signal });
  const words = transcript(article, heard, { signal, view, onCite: citations(article, heard) });
  search(article, words, { signal, view });
  chapters(article, heard, { signal, view });
  bookmarks(article, heard, { signal });
  nextList(article, heard, { signal });
  await heard.begin();
}
