// The page of one notebook.
import { address, api } from "../parts/api.js";
import { confirmed, one } from "../parts/dom.js";
import { refresh, visit } from "../parts/navigation.js";
import { chooseEarlier } from "../make/earlier.js";
import { asked, done } from "./acts.js";
import { afterwards } from "./afterwards.js";
import { giving } from "./giving.js";
import { rows } from "./rows.js";

export function mount(main, { signal }) {
  const { notebook: id, name, description } = one("[data-notebook]", main).dataset;
  giving(main, { signal, notebookId: id, onTaken: afterwards(refresh, signal) });
  rows(main, { signal, notebookId: id });
  one("[data-rename]", main).addEventListener("click", async () => {
    const wanted = await asked("Rename the notebook",
      { label: "Name", value: name, detail: { label: "What it is about", value: description } });
    if (wanted && await done(() => api("PATCH", `notebooks/${id}`,
      { json: { name: wanted.name, description: wanted.detail } }))) await refresh();
  }, { signal });
  one("[data-delete-notebook]", main).addEventListener("click", async () => {
    const sure = await confirmed(`Delete the notebook ${name}?`, { yes: "Delete", detail: "Its sources and episodes stay." });
    if (sure && await done(() => api("DELETE", `notebooks/${id}`))) await visit(address("/sources"));
  }, { signal });
  one("[data-earlier]", main).addEventListener("click", async () => {
    const inside = [...main.querySelectorAll("[data-source]")].map((row) => row.dataset.source);
    const chosen = await chooseEarlier(inside, { notebooks: false });
    if (chosen && await done(async () => {
      for (const source of chosen.sources) await api("PUT", `notebooks/${id}/sources/${source.id}`);
    })) await refresh();
  }, { signal });
}
