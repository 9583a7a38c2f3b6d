// All profiles: duplicate, delete, and files in and out.
import { api, Fault } from "../parts/api.js";
import { confirmed, make, one, toast, toastFault } from "../parts/dom.js";
import { refresh, visit } from "../parts/navigation.js";
import { count } from "../parts/words.js";

const root = document.documentElement.dataset.root;
const MOST = 2e6;

/** See parts/navigation.js. */
export async function mount(main, { signal }) {
  for (const shelf of main.querySelectorAll("[data-kind]")) {
    const { kind, below } = shelf.dataset;
    const file = one("[data-file]", shelf);
    one("[data-import]", shelf).addEventListener("click", () => file.click(), { signal });
    file.addEventListener("change", () => told(takeIn(shelf, kind, file, signal)), { signal });
    one("[data-export]", shelf).addEventListener("click", () => told(takeOut(kind, signal)), { signal });
    shelf.addEventListener("click", (event) => {
      const [again, gone] = ["[data-duplicate]", "[data-delete]"].map((which) => event.target.closest(which));
      if (again) told(duplicate(kind, below, again.dataset.duplicate, signal));
      if (gone) told(remove(kind, gone.dataset, signal));
    }, { signal });
  }
}

function told(work) {
  work.catch(toastFault);
}

async function duplicate(kind, below, id, signal) {
  const made = await api("POST", `${kind}/${encodeURIComponent(id)}/duplicate`, { signal });
  toast(`“${made.name}” is made.`);
  await visit(`${root}/profiles/${below}/${encodeURIComponent(made.id)}`);
}

async function remove(kind, { delete: id, name }, signal) {
  const detail = "Episodes keep what they were made with. A shipped one of this name is seen again.";
  if (!await confirmed(`Delete “${name}”?`, { yes: "Delete", detail })) return;
  await api("DELETE", `${kind}/${encodeURIComponent(id)}`, { signal });
  toast(`“${name}” is deleted.`);
  await refresh();
}

async function takeOut(kind, signal) {
  const file = await api("GET", `${kind}/export`, { signal });
  if (!Object.keys(file.profiles).length) {
    toast("There are none of your own yet: the shipped ones are everywhere.");
    return;
  }
  const link = make("a", { download: `narrowcast-${kind}.json` });
  link.href = URL.createObjectURL(new Blob([JSON.stringify(file, null, 2)], { type: "application/json" }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function takeIn(shelf, kind, field, signal) {
  const file = field.files[0];
  field.value = "";
  if (!file) return;
  const given = await read(file);
  const known = (await api("GET", kind, { signal })).filter((one) => !one.shipped).map((one) => one.name);
  const twice = Object.keys(given.profiles).filter((name) => known.includes(name));
  const replace = twice.length > 0 && await confirmed(`Replace ${count(twice.length, "profile")} of yours?`,
    { yes: "Replace", detail: `${twice.join(", ")}: the file holds other ones of the same name. Without replacing, they are left out.` });
  const answer = await api("POST", `${kind}/import?replace=${replace}`, { json: given, signal });
  const refused = Object.entries(answer.refused);
  toast(`${count(answer.imported.length, "profile")} imported${refused.length ? `, ${refused.length} not` : ""}.`);
  await refresh();
  const shown = document.querySelector(`[data-kind="${kind}"] [data-refused]`);
  if (!refused.length || !shown) return;
  shown.replaceChildren(make("p", {}, "These were not imported:"), make("ul", {},
    ...refused.map(([name, why]) => make("li", {}, make("b", {}, name), ` ${why}`))));
  shown.hidden = false;
}

async function read(file) {
  const hint = 'It should look like {"profiles": {"my profile": {…}}}.';
  if (file.size > MOST) throw new Fault(413, `${file.name} is too large for a file of profiles.`, hint);
  let given;
  try {
    given = JSON.parse(await file.text());
  } catch {
    throw new Fault(422, `${file.name} is no JSON.`, hint);
  }
  const { profiles } = given ?? {};
  if (!profiles || typeof profiles !== "object" || Array.isArray(profiles)) {
    throw new Fault(422, `${file.name} holds no profiles.`, hint);
  }
  return { profiles };
}
