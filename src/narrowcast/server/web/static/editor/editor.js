// The editor of an episode's script: the page's own module, which brings its parts together.
import { api } from "../parts/api.js";
import { make, one, toast, toastFault } from "../parts/dom.js";
import { Bar, showJob } from "./bar.js";
import { dragging } from "./dragging.js";
import { History } from "./history.js";
import { openMenu } from "./menu.js";
import * as model from "./model.js";
import { Paper } from "./paper.js";
import { playRendering } from "./playing.js";
import { Preview } from "./preview.js";
import { showRenderings } from "./renderings.js";
import { rewritten } from "./rewrite.js";
import { Saver } from "./saver.js";
import { idOf } from "./sending.js";
import { Sources } from "./sources.js";
import { meet, takeUpDraft } from "./together.js";

const LOOK_MS = 600;

/** Bring the page to life. */
export async function mount(main, { signal }) {
  const root = main.querySelector("[data-episode]");
  if (!root) return;
  const paper = one(".paper", root);
  try {
    const answer = await api("GET", `podcasts/${root.dataset.episode}/script`, { raw: true, signal });
    new Editor(root, await answer.json(), answer.headers.get("etag"), signal).begin();
  } catch (fault) {
    if (fault.name === "AbortError") return;
    const again = make("button", { type: "button", onclick: () => mount(main, { signal }) }, "Try again");
    paper.replaceChildren(make("div", { class: "empty", role: "alert" }, make("p", {}, `The script cannot be read. ${fault.message}`), again));
  }
}

class Editor {
  constructor(root, script, etag, signal) {
    Object.assign(this, { root, signal, id: root.dataset.episode, sounds: new Set(), looked: 0 });
    this.speakers = script.speakers.map((speaker) => speaker.name);
    this.history = new History(model.read(script));
    this.saver = new Saver({
      episodeId: this.id, script, etag, signal, now: () => this.history.now,
      onState: (state, words) => this.stated(state, words),
      onSaved: () => this.lookSoon(),
      onConflict: (theirs, tag) => meet(this, theirs, tag),
    });
    this.sources = new Sources(this.id, signal);
    this.said = one(".announced", root);
    const element = one(".paper", root);
    element.replaceChildren();
    this.paper = new Paper(element, { speakers: this.speakers, signal, act: (...what) => this.act(...what) });
    dragging(element, { signal, onDrop: (key, target, after) => this.change(model.put(this.history.now, key, target, after)) });
    this.preview = new Preview({ episodeId: this.id, signal, saved: () => this.saver.save(),
      idOf: (key) => this.idOf(model.turnOf(this.history.now, key)), onMade: () => this.lookSoon() });
    this.bar = new Bar(one(".editor-bar", root), { episodeId: this.id, signal, save: () => this.saver.save(),
      etag: () => this.saver.etag, onJob: (job) => this.job(job), onSounds: (ids) => this.sounding(ids) });
  }

  begin() {
    takeUpDraft(this);
    this.show();
    for (const [name, run] of [["undo", () => this.back("undo")], ["redo", () => this.back("redo")], ["add", () => this.act("add", this.lastKey())]]) {
      one(`button[data-do=${name}]`, this.root).addEventListener("click", run, { signal: this.signal });
    }
    document.addEventListener("keydown", (event) => this.onKey(event), { signal: this.signal });
    this.look();
    if (this.root.dataset.job) api("GET", `podcasts/jobs/${this.root.dataset.job}`, { signal: this.signal }).then((job) => this.job(job), toastFault);
  }

  idOf(turn) {
    return turn && idOf(turn, this.saver.ids);
  }

  lastKey() {
    return model.turnsOf(this.history.now).at(-1)?.key ?? null;
  }

  show() {
    this.paper.show(this.history.now, (turn) => ({
      fault: this.saver.faults.get(turn.key) ?? "",
      flags: this.sources.flags(turn, this.idOf(turn)),
      chips: this.sources.chips(turn),
      sound: this.sounds.has(this.idOf(turn)),
    }));
    this.sources.mark(this.paper.lines, (turn) => this.idOf(turn));
    one("button[data-do=undo]", this.root).disabled = !this.history.past.length;
    one("button[data-do=redo]", this.root).disabled = !this.history.future.length;
  }

  /** Go on with `doc`; `mark` names what may be undone together. */
  change(doc, mark = null) {
    if (!this.history.push(doc, mark)) return;
    this.saver.touched();
    this.show();
  }

  act(name, key, value) {
    const doc = this.history.now;
    const acts = {
      words: () => this.change(model.changed(doc, key, { text: value }), `words ${key}`),
      speaker: () => this.change(model.changed(doc, key, { speaker: value })),
      title: () => this.change(model.titled(doc, key, value), `title ${key}`),
      move: () => this.change(model.moved(doc, key, value)),
      split: () => this.change(model.split(doc, key, value)),
      add: () => {
        const turn = model.answerTo(doc, key, this.speakers);
        this.change(model.insertedAfter(doc, key, turn));
        this.paper.focus(turn.key);
      },
      delete: () => this.remove(key),
      preview: () => this.preview.toggle(key, value),
      menu: () => this.menu(key, value),
      cite: () => this.sources.open(Number(value.dataset.number)),
      "rewrite-part": () => this.rewrite({ part: key }),
      "join-part": () => this.change(model.joinedPart(doc, key)),
    };
    acts[name]();
    if (name === "move") this.tellPlace(key);
  }

  tellPlace(key) {
    const turns = model.turnsOf(this.history.now);
    const [number] = model.placeOf(this.history.now, key);
    this.said.textContent = `Line ${turns.findIndex((turn) => turn.key === key) + 1} of ${turns.length}, in part ${number + 1}`;
  }

  remove(key) {
    const turns = model.turnsOf(this.history.now);
    const at = turns.findIndex((turn) => turn.key === key);
    const next = (turns[at + 1] ?? turns[at - 1])?.key;
    this.change(model.without(this.history.now, key));
    if (next) this.paper.focus(next);
    toast("The line is deleted.", { action: { title: "Undo", run: () => this.back("undo") } });
  }

  menu(key, button) {
    const doc = this.history.now;
    const [number, at] = model.placeOf(doc, key);
    const line = this.paper.lines.get(key);
    const all = model.turnsOf(doc);
    const items = [
      all[0].key !== key && ["Move up", () => this.act("move", key, -1)],
      all.at(-1).key !== key && ["Move down", () => this.act("move", key, 1)],
      ["Add a line below", () => this.act("add", key)],
      ["Split in two", () => this.splitInMiddle(key)],
      at > 0 && ["Join with the line above", () => this.change(model.joined(doc, key))],
      at > 0 && ["Begin a new part here", () => this.change(model.begun(doc, key, `Part ${number + 2}`))],
      ["Write anew…", () => this.rewrite({ key })],
      ["Delete", () => this.act("delete", key)],
    ].filter(Boolean);
    openMenu(button, items, line.more.getAttribute("aria-label"));
  }

  /** Where the sentence nearest to the middle ends. */
  splitInMiddle(key) {
    const { text } = model.turnOf(this.history.now, key);
    const ends = [...text.matchAll(/[.!?…。！？]["”’)]*\s+/g)].map((found) => found.index + found[0].length);
    const words = ends.length ? ends : [...text.matchAll(/\s+/g)].map((found) => found.index);
    const middle = words.sort((one_, two) => Math.abs(one_ - text.length / 2) - Math.abs(two - text.length / 2))[0];
    if (middle) this.act("split", key, middle);
  }

  back(way) {
    if (!this.history[way]()) return;
    this.saver.touched();
    this.show();
    this.said.textContent = way === "undo" ? "Undone" : "Done again";
  }

  onKey(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || document.querySelector("dialog[open]")) return;
    const way = { z: event.shiftKey ? "redo" : "undo", y: "redo", s: "save" }[event.key.toLowerCase()];
    if (!way) return;
    event.preventDefault();
    if (way === "save") this.saver.save();
    else this.back(way);
  }

  stated(state, words) {
    this.bar.saving(state, words);
    if (["held", "saved"].includes(state)) this.show();
  }

  /** Read anew what follows from the saved script; once for changes that come shortly after each other. */
  lookSoon() {
    clearTimeout(this.looking);
    if (this.signal.aborted) return;
    this.looking = setTimeout(() => this.look(), LOOK_MS);
    this.signal.addEventListener("abort", () => clearTimeout(this.looking), { once: true });
  }

  async look() {
    const mine = (this.looked += 1);
    const list = one(".edit-renderings", this.root);
    try {
      const [told] = await Promise.all([
        showRenderings(list, { episodeId: this.id, signal: this.signal, onRestore: (...what) => this.restore(...what) }),
        this.sources.look(),
      ]);
      if (mine !== this.looked) return;
      one(".none", this.root).hidden = told.items.length > 0;
      this.show();
      if (!this.working) await this.bar.estimate(model.turnsOf(this.history.now).length, told);
    } catch (fault) {
      toastFault(fault);
    }
  }

  sounding(ids) {
    this.sounds = ids;
    this.show();
  }

  restore(script, number) {
    this.change(model.read(script));
    toast(`This is the script of rendering ${number} again.`, { action: { title: "Undo", run: () => this.back("undo") } });
  }

  async rewrite({ key, part }) {
    if (!(await this.saver.save())) return toast("It is not saved yet, so it cannot be written anew.");
    const doc = this.history.now;
    const number = part ? doc.segments.findIndex((segment) => segment.key === part) : model.placeOf(doc, key)[0];
    const before = part ? doc.segments[number].turns : [model.turnOf(doc, key)];
    const at = model.turnsOf(doc).findIndex((turn) => turn.key === before[0].key) + 1;
    const turns = await rewritten({
      episodeId: this.id, before, etag: this.saver.etag, name: part ? `part ${number + 1}` : `line ${at}`,
      what: part ? { segment: number + 1 } : { turn: this.idOf(before[0]) },
    });
    if (!turns) return undefined;
    this.change(model.rewritten(this.history.now, before, turns, (turn) => this.idOf(turn)));
    toast("The new words are in.", { action: { title: "Undo", run: () => this.back("undo") } });
    return undefined;
  }

  job(job) {
    this.working = true;
    this.bar.render.disabled = true;
    this.bar.cost.textContent = "It is being rendered.";
    showJob(one(".job-place", this.root), job, { signal: this.signal, onEnd: (ended) => {
      this.working = false;
      this.saver.freed();
      this.look();
      if (ended.status !== "completed") return;
      api("GET", `podcasts/${this.id}/revisions?limit=1`).then(({ items: [newest] }) => {
        toast(`Rendering ${newest.number} is ready.`, { seconds: 20,
          action: { title: "Listen", run: () => playRendering(this.id, newest.number).catch(toastFault) } });
      }, toastFault);
    } }).catch(toastFault);
  }
}
