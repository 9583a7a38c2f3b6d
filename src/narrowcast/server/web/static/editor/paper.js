// The script on the page: parts and lines kept in step with the document, and every gesture told as an act.
import { icon, make } from "../parts/dom.js";
import { wordsIn, caretIn, Line } from "./line.js";
import { turnsOf } from "./model.js";

/**
 * `act(name, key, value)` is told of each gesture: `words`, `speaker`, `title`, `move` (-1 or 1), `split` (offset), and the
 * `data-do` of buttons (`preview`, `menu`, `cite`, `rewrite-part`, `join-part`).
 */
export class Paper {
  constructor(element, { speakers, act, signal }) {
    Object.assign(this, { element, speakers, act });
    this.lines = new Map();
    this.parts = new Map();
    const on = (kind, heard) => element.addEventListener(kind, heard, { signal });
    on("input", (event) => this.onInput(event));
    on("change", (event) => this.onChange(event));
    on("keydown", (event) => this.onKey(event));
    on("click", (event) => this.onClick(event));
    // Where only plain `contenteditable` is known, nothing but text comes in all the same.
    on("paste", (event) => {
      if (!event.target.closest(".words[contenteditable=true]")) return;
      event.preventDefault();
      document.execCommand("insertText", false, event.clipboardData.getData("text/plain"));
    });
  }

  /** Show `doc`; `notes(turn)` gives what stands under a line. Only what is different is touched. */
  show(doc, notes) {
    let [number, lines, parts] = [0, new Set(), new Set()];
    let before = null;
    doc.segments.forEach((segment, at) => {
      const part = this.part(segment, at);
      parts.add(segment.key);
      before = placed(this.element, part.element, before);
      let last = null;
      for (const turn of segment.turns) {
        number += 1;
        const line = this.lines.get(turn.key) ?? this.newLine(turn.key);
        line.show(turn, number, notes(turn));
        last = placed(part.list, line.element, last);
        lines.add(turn.key);
      }
    });
    for (const [known, wanted] of [[this.lines, lines], [this.parts, parts]]) {
      for (const [key, shown] of known) {
        if (wanted.has(key)) continue;
        shown.element.remove();
        known.delete(key);
      }
    }
    this.doc = doc;
  }

  newLine(key) {
    const line = new Line(this.speakers);
    this.lines.set(key, line);
    return line;
  }

  part(segment, at) {
    let part = this.parts.get(segment.key);
    if (!part) {
      const title = make("input", { class: "part-title", maxLength: 300 });
      const join = button("join-part", "arrow-up", "Join to the part before");
      const rewrite = button("rewrite-part", "wand-sparkles", "Write this part anew");
      part = { title, join, list: make("ol", { class: "edit-lines", role: "list" }) };
      part.element = make("section", { class: "part", "data-key": segment.key },
        make("div", { class: "part-head" }, title, rewrite, join), part.list);
      part.rewrite = rewrite;
      this.parts.set(segment.key, part);
    }
    if (part.title !== document.activeElement || part.title.value.trim() !== segment.title) {
      if (part.title.value !== segment.title) part.title.value = segment.title;
    }
    if (part.at !== at) {
      part.at = at;
      part.title.setAttribute("aria-label", `Title of part ${at + 1}`);
      part.rewrite.setAttribute("aria-label", `Write part ${at + 1} anew`);
      part.join.setAttribute("aria-label", `Join part ${at + 1} to the one before`);
      part.join.hidden = at === 0;
    }
    return part;
  }

  /** Put the caret into a line: at its end, or at `offset` characters. */
  focus(key, offset = null) {
    const line = this.lines.get(key);
    if (!line) return;
    line.words.focus();
    const text = line.words.firstChild;
    const at = Math.min(offset ?? Infinity, text?.length ?? 0);
    getSelection().collapse(text ?? line.words, text ? at : 0);
  }

  onInput({ target }) {
    const key = target.closest("[data-key]")?.dataset.key;
    if (target.matches(".words")) this.act("words", key, wordsIn(target));
    else if (target.matches(".part-title")) this.act("title", key, target.value);
  }

  onChange({ target }) {
    if (target.matches("select.who")) this.act("speaker", target.closest("[data-key]").dataset.key, target.value);
  }

  onClick({ target }) {
    const pressed = target.closest("button[data-do]");
    if (!pressed || pressed.dataset.do === "drag") return;
    this.act(pressed.dataset.do, pressed.closest("[data-key]").dataset.key, pressed);
  }

  onKey(event) {
    const { target, key } = event;
    const line = target.closest("li.edit-line");
    const step = { ArrowUp: -1, ArrowDown: 1 }[key];
    const alone = !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (!line || event.isComposing) return;
    if (step && alone && (event.altKey || target.matches(".grip"))) {
      event.preventDefault();
      const again = target.matches(".grip") ? ".grip" : ".words";
      const offset = caretIn(this.lines.get(line.dataset.key).words);
      this.act("move", line.dataset.key, step);
      if (again === ".grip") this.lines.get(line.dataset.key)?.grip.focus();
      else this.focus(line.dataset.key, offset);
    } else if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (event.shiftKey) this.act("split", line.dataset.key, caretIn(this.lines.get(line.dataset.key).words));
      else this.act("add", line.dataset.key);
    } else if (target.matches(".words") && alone && ["ArrowUp", "ArrowDown"].includes(key)) {
      this.goOn(event, line.dataset.key, target);
    }
  }

  /** Arrows lead from the edge of one line into the next. */
  goOn(event, key, words) {
    const caret = caretIn(words);
    const edge = event.key === "ArrowUp" ? 0 : wordsIn(words).length;
    if (caret !== edge) return;
    const keys = turnsOf(this.doc).map((turn) => turn.key);
    const next = keys[keys.indexOf(key) + (event.key === "ArrowUp" ? -1 : 1)];
    if (!next) return;
    event.preventDefault();
    this.focus(next, event.key === "ArrowUp" ? null : 0);
  }
}

/** Have `element` follow `before` in `parent`; it is only moved where it does not. Gives the element. */
function placed(parent, element, before) {
  const there = before ? before.nextElementSibling : parent.firstElementChild;
  if (there !== element) parent.insertBefore(element, there);
  return element;
}

function button(name, drawn, title) {
  return make("button", { type: "button", class: "btn-ghost btn-icon", "data-do": name, title }, icon(drawn, 18));
}
