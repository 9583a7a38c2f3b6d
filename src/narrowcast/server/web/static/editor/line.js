// One line of the script on the page: who says it, the words, and what can be done with it.
import { icon, make } from "../parts/dom.js";
import { LONGEST } from "./sending.js";

const NEARLY = LONGEST - 1_000;
const plain = (() => {
  const probe = document.createElement("div");
  probe.setAttribute("contenteditable", "plaintext-only");
  return probe.contentEditable === "plaintext-only" ? "plaintext-only" : "true";
})();

/** The words in an editable element: its line breaks may be characters or elements. */
export function wordsIn(element) {
  let text = "";
  for (const node of element.childNodes) {
    if (node.nodeName === "BR") text += "\n";
    else if (node.nodeType === Node.TEXT_NODE) text += node.data;
    else text += `${text && !text.endsWith("\n") ? "\n" : ""}${wordsIn(node)}`;
  }
  // Browsers keep a break at the end, so that the caret can stand behind it.
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}

/** How many characters stand before the caret in `element`; all of them where it is not in there. */
export function caretIn(element) {
  const selection = getSelection();
  if (!selection.rangeCount || !element.contains(selection.anchorNode)) return wordsIn(element).length;
  const range = document.createRange();
  range.setStart(element, 0);
  range.setEnd(selection.anchorNode, selection.anchorOffset);
  return wordsIn(range.cloneContents()).length;
}

/** A line as an element (`li.edit-line`); `speakers` are the names in order. What happens to it is heard by paper.js. */
export class Line {
  constructor(speakers) {
    this.speakers = speakers;
    this.turn = null;
    this.who = make("select", { class: "who" }, ...speakers.map((name) => make("option", { value: name }, name)));
    this.grip = make("button", { type: "button", class: "btn-ghost btn-icon grip", "data-do": "drag" }, icon("grip-vertical", 18));
    this.words = make("div", { class: "words", role: "textbox", "aria-multiline": "true", spellcheck: true });
    this.words.setAttribute("contenteditable", plain);
    this.under = make("div", { class: "under" });
    this.play = make("button", { type: "button", class: "btn-ghost btn-icon", "data-do": "preview" }, icon("play", 18));
    this.more = make("button", { type: "button", class: "btn-ghost btn-icon", "data-do": "menu", "aria-haspopup": "menu" },
      icon("ellipsis", 18));
    this.element = make("li", { class: "edit-line" }, make("div", { class: "margin" }, this.grip, this.who),
      make("div", { class: "edit-said" }, this.words, this.under), make("div", { class: "tools" }, this.play, this.more));
    this.shown = {};
  }

  /** Show `turn`, which is the `number`th line; `notes` are `{ fault, flags, chips, sound }` (see `under`). */
  show(turn, number, notes) {
    if (turn !== this.turn) {
      this.element.dataset.key = turn.key;
      this.element.dataset.voice = String(this.speakers.indexOf(turn.speaker) + 1);
      this.who.value = turn.speaker;
      if (wordsIn(this.words) !== turn.text) this.words.textContent = turn.text;
      this.turn = turn;
    }
    if (this.shown.number !== number || this.shown.speaker !== turn.speaker) {
      const name = `line ${number}`;
      this.who.setAttribute("aria-label", `Speaker of ${name}`);
      this.words.setAttribute("aria-label", `What ${turn.speaker} says, ${name}`);
      this.grip.setAttribute("aria-label", `Move ${name}: arrow up, arrow down, or drag`);
      this.play.setAttribute("aria-label", `Hear ${name}`);
      this.more.setAttribute("aria-label", `More for ${name}`);
    }
    const left = turn.text.length > NEARLY ? LONGEST - turn.text.length : null;
    const shown = { number, speaker: turn.speaker, left, ...notes };
    if (["fault", "flags", "chips", "sound", "left"].some((name) => shown[name] !== this.shown[name])) this.note(shown);
    this.shown = shown;
  }

  /** What stands under the words: a fault, room left, what to check, what is cited, whether its sound is to be made. */
  note({ fault, left, flags = "", chips = "", sound = false }) {
    this.words.toggleAttribute("aria-invalid", Boolean(fault));
    if (fault) this.words.setAttribute("aria-invalid", "true");
    this.element.classList.toggle("new-sound", sound);
    this.under.replaceChildren(...[
      fault && make("p", { class: "fault small", role: "alert" }, fault),
      left !== null && !fault && make("p", { class: "small quiet num" }, `${left.toLocaleString("en")} characters left`),
      ...parse(chips).map(([number, label]) => make("button",
        { type: "button", class: "edit-cite", "data-do": "cite", "data-number": number, "aria-label": `Source, ${label}` }, label)),
      ...parse(flags).map((text) => make("span", { class: "badge wrong" }, `Check “${text}”: not in what it cites`)),
      sound && make("span", { class: "sr-only" }, "Needs new sound."),
    ].filter(Boolean));
  }
}

function parse(json) {
  return json ? JSON.parse(json) : [];
}
