// Rows of sources: choosing some, and what is done with those that are chosen.
import { address, api } from "../parts/api.js";
import { icon, make, one } from "../parts/dom.js";
import { refresh, visit } from "../parts/navigation.js";
import { count } from "../parts/words.js";
import { deleteSources, done, putIn, renameSource } from "./acts.js";

/** Bring the rows in `main` to life; in a notebook's page they can be taken out of it. */
export function rows(main, { signal, notebookId = null }) {
  const bar = one("[data-picked-bar]", main);
  const boxes = () => [...main.querySelectorAll("[data-pick]")];
  const picked = () => boxes().filter((box) => box.checked).map((box) => box.closest("[data-source]").dataset)
    .map(({ source, title }) => ({ id: source, title }));

  function look() {
    const number = picked().length;
    bar.hidden = !number;
    one("[data-picked-count]", bar).textContent = `${count(number, "source")} chosen`;
  }

  const act = (name, go) => bar.querySelector(name)?.addEventListener("click", go, { signal });
  const again = async (went) => {
    if (await went) await refresh();
  };
  main.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick]")) look();
  }, { signal });
  act("[data-make-of]", () => visit(address(`/?sources=${picked().map(({ id }) => id).join(",")}`)));
  act("[data-put-in]", () => again(putIn(picked().map(({ id }) => id))));
  act("[data-delete]", () => again(deleteSources(picked())));
  act("[data-take-out]", () => again(takeOut(notebookId, picked())));
  act("[data-unpick]", () => {
    boxes().forEach((box) => { box.checked = false; });
    look();
  });
  for (const button of main.querySelectorAll("[data-more]")) {
    button.addEventListener("click", () => menu(button, notebookId, again), { signal });
  }
  look();
}

function takeOut(notebookId, sources) {
  return done(async () => {
    for (const { id } of sources) await api("DELETE", `notebooks/${notebookId}/sources/${id}`);
  });
}

/** What may be done with one source: a dialog at its button. */
async function menu(button, notebookId, again) {
  const { source: id, title } = button.closest("[data-source]").dataset;
  const choices = [
    ["wand-sparkles", "Make an episode", () => visit(address(`/?sources=${id}`))],
    ["notebook-text", "Put into a notebook", () => again(putIn([id]))],
    ["pencil", "Rename", () => again(renameSource(id, title))],
    notebookId && ["x", "Take out of this notebook", () => again(takeOut(notebookId, [{ id }]))],
    ["trash-2", "Delete", () => again(deleteSources([{ id, title }]))],
  ].filter(Boolean);
  let wanted = null;
  const dialog = make("dialog", { class: "menu", "aria-label": title }, ...choices.map(([drawing, said, go]) => make("button", {
    type: "button", onclick: () => {
      wanted = go;
      dialog.close();
    },
  }, icon(drawing), said)));
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  await new Promise((end) => dialog.addEventListener("close", end, { once: true }));
  dialog.remove();
  button.focus();
  await wanted?.();
}
