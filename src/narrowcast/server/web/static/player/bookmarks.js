// Bookmarks and notes: kept with the words that they were made at, edited where they stand.
import { address, api } from "../parts/api.js";
import { icon, make, one, toast, toastFault } from "../parts/dom.js";
import { clock } from "../parts/words.js";
import { keyHere } from "./keys.js";

const LONGEST = 2000;

/** Fill and keep the list in `article` for what is `heard`; the dial shows where they are. */
export function bookmarks(article, heard, { signal }) {
  const list = one("[data-bookmarks]", article);
  const path = `podcasts/${heard.id}/bookmarks`;
  let items = [];
  let revision = null;

  async function read() {
    const wanted = heard.revision || 0;
    if (revision === wanted) return;
    revision = wanted;
    try {
      const told = await api("GET", wanted ? `${path}?revision=${wanted}` : path, { signal });
      items = told.items;
      show();
    } catch (fault) {
      revision = null;
      if (fault.name !== "AbortError") list.replaceChildren(make("li", { class: "quiet" }, fault.message));
    }
  }

  function show() {
    items.sort((a, b) => a.position - b.position);
    list.replaceChildren(...items.map(row));
    if (!items.length) list.append(make("li", { class: "quiet" }, "Press Note, or b, to keep a moment."));
    else list.append(make("li", {}, make("a", { class: "small", href: address("/api/v1/bookmarks/export"), download: "" }, "Export all notes")));
    pins();
  }

  function pins() {
    const dial = one("[data-dial]", article);
    for (const old of dial.querySelectorAll(".pin")) old.remove();
    const { duration } = heard.state;
    if (!duration) return;
    for (const { position } of items) {
      const pin = make("i", { class: "pin", "aria-hidden": "true" });
      pin.style.setProperty("--from", Math.min(1, position / duration));
      dial.append(pin);
    }
  }

  function row(item) {
    const note = make("p", { class: "note-text" }, item.note || make("span", { class: "quiet" }, item.words || "A moment"));
    return make("li", { class: "bookmark", "data-bookmark": item.bookmark_id },
      make("button", { type: "button", class: "btn-ghost mono", "aria-label": `Play from ${clock(item.position)}`,
        onclick: () => heard.seek(item.position, { play: true }) }, clock(item.position)),
      note,
      make("span", { class: "row" },
        tool("pencil", `Edit the note at ${clock(item.position)}`, () => edit(item)),
        tool("trash-2", `Delete the note at ${clock(item.position)}`, () => remove(item))));
  }

  function tool(name, label, act) {
    return make("button", { type: "button", class: "btn-ghost btn-icon", "aria-label": label, onclick: act }, icon(name, 18));
  }

  async function add() {
    const position = heard.at;
    const note = await askNote("A note on this moment", clock(position), "");
    if (note === null) return;
    await keep(() => api("POST", path, { json: { position, note, ...(heard.revision ? { revision: heard.revision } : {}) } }),
      (made) => { items.push(made); });
  }

  async function edit(item) {
    const note = await askNote("Edit this note", clock(item.position), item.note);
    if (note === null) return;
    const asked = heard.revision ? { note, revision: heard.revision } : { note };
    await keep(() => api("PATCH", `${path}/${item.bookmark_id}`, { json: asked }), (changed) => Object.assign(item, changed));
  }

  async function remove(item) {
    await keep(() => api("DELETE", `${path}/${item.bookmark_id}`), () => {
      items = items.filter((each) => each !== item);
      const { position, note } = item;
      const run = () => keep(() => api("POST", path, { json: { position, note } }), (made) => { items.push(made); });
      toast("The note is deleted.", { action: { title: "Undo", run } });
    });
  }

  async function keep(ask, then) {
    try {
      then(await ask());
      show();
    } catch (fault) {
      toastFault(fault);
    }
  }

  one("[data-note]", article).addEventListener("click", add, { signal });
  keyHere("b", add, signal);
  heard.addEventListener("cues", () => { read(); pins(); });
  read();
}

// A note, asked for in a dialog; null where it was thought better of.
async function askNote(title, where, text) {
  const input = make("textarea", { "aria-label": "Note", maxLength: LONGEST, value: text, rows: 4, placeholder: "A note, if you like" });
  const dialog = make("dialog", { "aria-label": title },
    make("form", { method: "dialog", class: "stack" },
      make("h2", {}, `${title} `, make("span", { class: "mono quiet" }, where)), input,
      make("div", { class: "row" }, make("button", { value: "keep", class: "btn-go" }, "Keep"),
        make("button", { value: "no", class: "btn-ghost", formNoValidate: true }, "Cancel"))));
  document.body.append(dialog);
  dialog.showModal();
  input.focus();
  await new Promise((done) => { dialog.addEventListener("close", done, { once: true }); });
  dialog.remove();
  return dialog.returnValue === "keep" ? input.value : null;
}
