// What can be done with one episode: a menu beside its card, and the dialog for its title and tags.
import { address, api } from "../parts/api.js";
import { confirmed, one, toast, toastFault } from "../parts/dom.js";
import { refresh } from "../parts/navigation.js";

/** Open the menu from each card's button on `shelf`; `onGone(ids)` is told what was deleted. */
export function episodeMenu(shelf, main, { signal, onGone }) {
  const menu = one("#episode-menu", main);
  const dialog = one("#details", main);
  let card = null;
  let opener = null;

  shelf.addEventListener("click", (event) => {
    const button = event.target.closest("[data-menu]");
    if (!button) return;
    [card, opener] = [button.closest("[data-episode]"), button];
    prepare(menu, card);
    menu.setAttribute("aria-label", button.getAttribute("aria-label"));
    menu.showPopover();
    place(menu, button);
    menu.querySelector("a, button").focus();
  }, { signal });
  menu.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-do]")?.dataset.do;
    if (!chosen) return;
    menu.hidePopover();
    if (chosen === "details") open(dialog, card);
    if (chosen === "delete") remove(card, onGone);
  }, { signal });
  menu.addEventListener("keydown", (event) => {
    const items = [...menu.children].filter((item) => !item.hidden);
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: (at + 1) % items.length, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (event.key === "Tab") menu.hidePopover();
    if (to === undefined) return;
    event.preventDefault();
    items.at(to).focus();
  }, { signal });
  menu.addEventListener("toggle", (event) => {
    if (event.newState === "closed" && menu.contains(document.activeElement)) opener?.focus();
  }, { signal });
  signal.addEventListener("abort", () => { if (menu.isConnected && menu.matches(":popover-open")) menu.hidePopover(); });
  one("form", dialog).addEventListener("submit", (event) => save(event, dialog, card, signal), { signal });
}

function prepare(menu, card) {
  const id = card.dataset.episode;
  const show = (name, there) => { one(`[data-do="${name}"]`, menu).hidden = !there; };
  one('[data-do="listen"]', menu).href = address(`/episodes/${id}`);
  one('[data-do="edit"]', menu).href = address(`/episodes/${id}/edit`);
  one('[data-do="figures"]', menu).href = address(`/episodes/${id}/figures`);
  const heard = card.dataset.revision !== "0";
  show("edit", card.dataset.script && !card.dataset.job);
  show("figures", heard);
  show("keep", heard);
  // A new button each time: what keeps episodes finds it by its arrival, and says how things stand.
  const before = one('[data-do="keep"]', menu);
  const keep = document.createElement("button");
  Object.assign(keep, { type: "button", hidden: !heard, textContent: "Keep on this device" });
  keep.setAttribute("role", "menuitem");
  keep.tabIndex = -1;
  Object.assign(keep.dataset, { do: "keep", keep: id, revision: card.dataset.revision });
  before.replaceWith(keep);
}

function place(menu, button) {
  const at = button.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.right - menu.offsetWidth, innerWidth - menu.offsetWidth - 8));
  const below = at.bottom + menu.offsetHeight + 8 < innerHeight;
  menu.style.setProperty("left", `${left}px`);
  menu.style.setProperty("top", `${Math.max(8, below ? at.bottom : at.top - menu.offsetHeight)}px`);
}

function open(dialog, card) {
  const form = one("form", dialog);
  const { title, description, tags, notebook } = card.dataset;
  Object.assign(form.elements.title, { value: title });
  form.elements.description.value = description;
  form.elements.tags.value = JSON.parse(tags).join(", ");
  if (form.elements.notebook_id) form.elements.notebook_id.value = notebook;
  one(".wrong", form).hidden = true;
  dialog.showModal();
}

async function save(event, dialog, card, signal) {
  event.preventDefault();
  const form = event.target;
  const { title, description, tags, notebook_id: notebook } = form.elements;
  const json = {
    title: title.value,
    description: description.value,
    tags: tags.value.split(",").map((tag) => tag.trim()).filter(Boolean),
  };
  if (notebook && notebook.value !== card.dataset.notebook) json.notebook_id = notebook.value || null;
  try {
    await api("PATCH", `podcasts/${card.dataset.episode}`, { json, signal });
    dialog.close();
    toast(`“${json.title}” is saved.`);
    await refresh();
  } catch (fault) {
    if (fault.name === "AbortError") return;
    const wrong = one(".wrong", form);
    wrong.textContent = [fault.message, fault.hint].filter(Boolean).join(" ");
    wrong.hidden = false;
  }
}

async function remove(card, onGone) {
  const { episode, title } = card.dataset;
  const detail = "Its sound, script and earlier renderings go too. Sources stay.";
  if (!await confirmed(`Delete “${title}”?`, { yes: "Delete", detail })) return;
  try {
    await api("DELETE", `podcasts/${episode}`);
    toast(`“${title}” is deleted.`);
    onGone([episode]);
  } catch (fault) {
    toastFault(fault);
  }
}
