// A dialog to choose a notebook, or sources that were given earlier.
import { api } from "../parts/api.js";
import { icon, make, toastFault } from "../parts/dom.js";
import { count } from "../parts/words.js";

const REST_MS = 200;

/**
 * Ask. `chosen` are the ids chosen already; without `notebooks` there are sources alone. Gives `{ sources }`,
 * `{ notebook }`, or null where nothing was chosen.
 */
export async function chooseEarlier(chosen, { notebooks: withNotebooks = true } = {}) {
  const leaving = new AbortController();
  const { signal } = leaving;
  const picked = new Map();
  let notebook = null;
  const search = make("input", { type: "search", placeholder: "Search your sources", "aria-label": "Search your sources", maxLength: 200 });
  const notebooks = make("ul", { role: "list", "aria-label": "Notebooks" });
  const sources = make("ul", { role: "list", "aria-label": "Sources" });
  const state = make("p", { class: "small quiet", role: "status" });
  const use = make("button", { class: "btn-go", value: "use", disabled: true }, "Choose");
  const dialog = make("dialog", { "aria-label": withNotebooks ? "Notebooks and sources" : "Your sources" },
    make("form", { method: "dialog", class: "earlier" },
      make("h2", {}, withNotebooks ? "Notebooks and sources" : "Your sources"), search, notebooks, sources, state,
      make("div", { class: "row" }, use, make("button", { class: "btn-ghost", value: "" }, "Cancel"))));

  function sourceRow(source) {
    const here = chosen.includes(source.id);
    const box = make("input", { type: "checkbox", checked: here || picked.has(source.id), disabled: here });
    box.addEventListener("change", () => {
      if (box.checked) picked.set(source.id, source);
      else picked.delete(source.id);
      use.disabled = !picked.size;
      use.textContent = picked.size > 1 ? `Choose ${picked.size}` : "Choose";
    });
    return make("li", {}, make("label", {}, box, make("span", {}, source.title),
      make("span", { class: "small faint num" }, count(source.words, "word"))));
  }

  function notebookRow(found) {
    return make("li", {}, make("button", { type: "button", disabled: !found.sources, onclick: () => {
      notebook = found;
      dialog.close("use");
    } }, icon("notebook-text"), make("span", {}, found.name),
    make("span", { class: "small faint num" }, count(found.sources, "source"))));
  }

  async function look() {
    try {
      const asked = new URLSearchParams({ q: search.value, limit: 50 });
      const [found, books] = await Promise.all([
        api("GET", `sources?${asked}`, { signal }),
        withNotebooks ? api("GET", "notebooks?limit=100", { signal }) : { items: [] },
      ]);
      const wanted = search.value.trim().toLowerCase();
      const shown = books.items.filter((book) => book.name.toLowerCase().includes(wanted));
      notebooks.replaceChildren(...shown.map(notebookRow));
      sources.replaceChildren(...found.items.map(sourceRow));
      state.textContent = found.items.length + shown.length ? (found.next_cursor ? "Search to see others." : "")
        : wanted ? "Nothing of yours is called so." : "You have given nothing yet. Drop a file on the page, and it is here next time.";
    } catch (fault) {
      toastFault(fault);
    }
  }

  let timer = 0;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, REST_MS);
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  document.body.append(dialog);
  dialog.showModal();
  look();
  await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
  clearTimeout(timer);
  leaving.abort();
  dialog.remove();
  if (dialog.returnValue !== "use") return null;
  return notebook ? { notebook } : { sources: [...picked.values()] };
}
