// The library's page: finding, more of the shelf, what is done with an episode or several, uploading.
import { one } from "../parts/dom.js";
import { visit } from "../parts/navigation.js";
import { beingMade } from "./being_made.js";
import { choosing } from "./choosing.js";
import { episodeMenu } from "./episode_menu.js";
import { more } from "./more.js";
import { upload } from "./upload.js";

export async function mount(main, { signal }) {
  for (const dialog of main.querySelectorAll("dialog")) {
    dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close(), { signal });
  }
  upload(one("#upload", main), main, { signal });
  const finding = main.querySelector("[data-finding]");
  finding?.addEventListener("change", (event) => {
    if (event.target.matches("select")) finding.requestSubmit();
  }, { signal });
  const shelf = main.querySelector("[data-shelf]");
  if (!shelf) return;
  episodeMenu(shelf, main, { signal, onGone: (ids) => gone(shelf, ids) });
  choosing(shelf, main, { signal, onGone: (ids) => gone(shelf, ids) });
  more(shelf, main, { signal });
  beingMade(shelf, { signal });
}

/** Take episodes off the shelf that are there no more; an empty one says so, as the server puts it. */
function gone(shelf, ids) {
  for (const id of ids) shelf.querySelector(`[data-episode="${id}"]`)?.remove();
  if (!shelf.children.length) visit(location.pathname + location.search, { replace: true });
}
