// The page of all sources and notebooks.
import { address } from "../parts/api.js";
import { one, toast } from "../parts/dom.js";
import { refresh, visit } from "../parts/navigation.js";
import { newNotebook } from "./acts.js";
import { afterwards } from "./afterwards.js";
import { giving } from "./giving.js";
import { rows } from "./rows.js";

export function mount(main, { signal }) {
  giving(main, { signal, onTaken: afterwards(refresh, signal) });
  rows(main, { signal });
  one("[data-new-notebook]", main).addEventListener("click", async () => {
    const made = await newNotebook();
    if (made) await visit(address(`/notebooks/${made.id}`));
  }, { signal });
  for (const select of main.querySelectorAll(".search select")) {
    select.addEventListener("change", () => select.form.requestSubmit(), { signal });
  }
  // It is a bookmark: pressed here it would do nothing, since this page runs nothing of that kind.
  one("[data-bookmarklet]", main).addEventListener("click", (event) => {
    event.preventDefault();
    toast("Drag it to your bookmarks, then press it on a page that you read.");
  }, { signal });
}
