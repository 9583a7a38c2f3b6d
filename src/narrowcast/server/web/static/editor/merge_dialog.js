// Two windows changed the same lines: both are shown, and one chooses. Nothing is thrown away before that.
import { make, one } from "../parts/dom.js";

/** Ask for each of `conflicts` (see merging.js); gives the choices by key, or null when it was put off. */
export async function askWhich(conflicts) {
  const form = make("form", { method: "dialog", class: "stack" });
  const cards = conflicts.map((conflict, number) => card(conflict, number));
  const all = (side) => () => {
    for (const radio of form.querySelectorAll(`input[value=${side}]`)) radio.checked = true;
  };
  form.append(
    make("h2", {}, conflicts.length === 1 ? "One line was changed twice" : `${conflicts.length} lines were changed twice`),
    make("p", { class: "quiet" }, "You changed them here, and somebody changed them in another window. Which shall stay?"),
    conflicts.length > 1 && make("div", { class: "row" },
      make("button", { type: "button", onclick: all("mine") }, "All of yours"),
      make("button", { type: "button", onclick: all("theirs") }, "All of theirs")),
    ...cards,
    make("div", { class: "row ends" },
      make("button", { value: "go", class: "btn-go" }, "Keep what is chosen"),
      make("button", { value: "later", class: "btn-ghost" }, "Decide later")),
  );
  const dialog = make("dialog", { class: "editing merge", "aria-label": "Lines that were changed twice" }, form);
  one("main").append(dialog);
  dialog.showModal();
  await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
  dialog.remove();
  if (dialog.returnValue !== "go") return null;
  const said = new FormData(form);
  return new Map(conflicts.map(({ key }, number) => [key, said.get(`line-${number}`)]));
}

function card({ mine, theirs }, number) {
  const one_ = (side, title, turn) => make("label", { class: "pick side" },
    make("input", { type: "radio", name: `line-${number}`, value: side, checked: side === "mine" }),
    make("span", { class: "stack" },
      make("b", {}, turn ? `${title}, said by ${turn.speaker}` : `${title}: deleted`),
      turn && make("span", { class: "quote" }, turn.text)));
  return make("fieldset", {}, make("legend", { class: "sr-only" }, `Line ${number + 1} of those changed twice`),
    one_("mine", "Yours", mine), one_("theirs", "Theirs", theirs));
}
