// The page of one source.
import { address } from "../parts/api.js";
import { one } from "../parts/dom.js";
import { refresh, visit } from "../parts/navigation.js";
import { deleteSources, putIn, renameSource } from "./acts.js";

export function mount(main, { signal }) {
  const { source: id, title, count } = one("[data-source]", main).dataset;
  const on = (name, go) => one(name, main).addEventListener("click", go, { signal });
  on("[data-rename]", async () => {
    if (await renameSource(id, title)) await refresh();
  });
  on("[data-delete]", async () => {
    if (await deleteSources([{ id, title }])) await visit(address("/sources"));
  });
  on("[data-put-in]", async () => {
    if (await putIn([id])) await refresh();
  });
  // A link to a passage that stands on another of this source's pages.
  const wanted = /^#p(\d+)$/.exec(location.hash)?.[1];
  if (wanted && Number(wanted) <= Number(count) && !document.getElementById(`p${wanted}`)) {
    visit(address(`/sources/${id}?p=${wanted}#p${wanted}`), { replace: true });
  }
}
