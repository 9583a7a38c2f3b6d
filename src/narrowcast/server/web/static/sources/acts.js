// What is done to sources and notebooks, asked for where it has to be.
import { api } from "../parts/api.js";
import { confirmed, icon, make, toast, toastFault } from "../parts/dom.js";
import { count } from "../parts/words.js";

/** Ask for one line of text in a dialog; null where it was not given. `detail` is a second, longer one. */
export async function asked(title, { label, value = "", yes = "Save", detail = null } = {}) {
  const name = make("input", { value, maxLength: 300, required: true, id: "asked-name" });
  const more = detail && make("textarea", { value: detail.value, maxLength: 20000, rows: 3, id: "asked-detail" });
  const dialog = make("dialog", { "aria-label": title },
    make("form", { method: "dialog", class: "stack" },
      make("h2", {}, title),
      make("div", { class: "field" }, make("label", { for: "asked-name" }, label), name),
      more && make("div", { class: "field" }, make("label", { for: "asked-detail" }, detail.label), more),
      make("div", { class: "row" },
        make("button", { class: "btn-go", value: "yes" }, yes),
        make("button", { class: "btn-ghost", value: "no", formNoValidate: true }, "Cancel"))));
  document.body.append(dialog);
  dialog.showModal();
  name.select();
  await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
  dialog.remove();
  if (dialog.returnValue !== "yes" || !name.value.trim()) return null;
  return { name: name.value.trim(), detail: more?.value.trim() };
}

/** Give a source another title; whether that was done. */
export async function renameSource(id, title) {
  const wanted = await asked("Rename the source", { label: "Title", value: title });
  return wanted ? done(() => api("PATCH", `sources/${id}`, { json: { title: wanted.name } })) : false;
}

/** Delete sources, `[{ id, title }]`, and with a yes of its own the episodes made of one; whether any went. */
export async function deleteSources(sources) {
  const what = sources.length === 1 ? sources[0].title : count(sources.length, "source");
  if (!await confirmed(`Delete ${what}?`, { yes: "Delete", detail: "What was read of it is gone then, and the file." })) return false;
  let gone = 0;
  for (const { id, title } of sources) {
    try {
      await api("DELETE", `sources/${id}`);
      gone += 1;
    } catch (fault) {
      if (fault.status === 404) gone += 1;
      else if (fault.status !== 409) toastFault(fault);
      else if (await withEpisodes(title, fault.problem.errors ?? [])) {
        gone += await done(() => api("DELETE", `sources/${id}?confirm=true`)) ? 1 : 0;
      }
    }
  }
  if (gone) toast(`Deleted ${count(gone, "source")}.`);
  return gone > 0;
}

function withEpisodes(title, made) {
  const names = made.slice(0, 5).map((one) => one.message).join(" · ");
  return confirmed(`Delete ${count(made.length, "episode")} made of ${title}, too?`,
    { yes: "Delete all of it", detail: made.length > 5 ? `${names} and others` : names });
}

/** Choose a notebook, or make one, and put sources into it; whether that was done. */
export async function putIn(ids) {
  const found = await api("GET", "notebooks?limit=100").catch((fault) => toastFault(fault));
  if (!found) return false;
  let wanted = null;
  const choose = (id) => () => {
    wanted = id;
    dialog.close();
  };
  const dialog = make("dialog", { "aria-label": "Put into a notebook" },
    make("div", { class: "stack" },
      make("h2", {}, "Put into a notebook"),
      make("ul", { role: "list", class: "stack" }, ...found.items.map((one) => make("li", {},
        make("button", { type: "button", onclick: choose(one.id) }, icon("notebook-text"), one.name)))),
      make("div", { class: "row" },
        make("button", { type: "button", onclick: choose("new") }, icon("plus"), "New notebook"),
        make("button", { type: "button", class: "btn-ghost", onclick: () => dialog.close() }, "Cancel"))));
  document.body.append(dialog);
  dialog.showModal();
  await new Promise((end) => dialog.addEventListener("close", end, { once: true }));
  dialog.remove();
  if (wanted === "new") wanted = (await newNotebook())?.id ?? null;
  if (!wanted) return false;
  const name = found.items.find((one) => one.id === wanted)?.name ?? "the new notebook";
  return done(async () => {
    for (const id of ids) await api("PUT", `notebooks/${wanted}/sources/${id}`);
    toast(`Put ${count(ids.length, "source")} into ${name}.`);
  });
}

/** Make a notebook; the notebook, or null. */
export async function newNotebook() {
  const wanted = await asked("New notebook", { label: "Name", yes: "Make it" });
  if (!wanted) return null;
  return api("POST", "notebooks", { json: { name: wanted.name } }).catch((fault) => toastFault(fault) ?? null);
}

/** Do it; whether it went well. What did not is told. */
export async function done(act) {
  try {
    await act();
    return true;
  } catch (fault) {
    toastFault(fault);
    return false;
  }
}
