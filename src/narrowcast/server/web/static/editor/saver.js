// Saving: at once in this browser, and on the server as soon as one pauses. Nobody's words are lost to anybody's.
import { api } from "../parts/api.js";
import { Drafts } from "./drafts.js";
import { bodyOf, faultOf, faultsOf, idOf, lineOf } from "./sending.js";
import { read } from "./model.js";

const PAUSE_MS = 1_200;
const AGAIN_MS = 5_000;

/**
 * Keeps the server's script in step with `now()`. `script` and `etag` are what the server gave. Tells
 * `onState(state, words)`: saved, dirty, saving, held (something must be put right), away (no network), busy (its job is
 * at work), conflict, gone; `onSaved()`; `onConflict(theirs, etag)`, a document as in model.js.
 */
export class Saver {
  constructor({ episodeId, script, etag, now, signal, onState, onSaved, onConflict }) {
    Object.assign(this, { now, onState, onSaved, onConflict, etag });
    this.path = `podcasts/${episodeId}/script`;
    this.head = script;
    this.base = read(script);
    this.ids = new Map();
    this.faults = new Map();
    this.sent = this.textOf(this.base);
    this.drafts = new Drafts(episodeId, signal);
    this.running = null;
    this.state = "saved";
    this.signal = signal;
    addEventListener("online", () => this.state === "away" && this.save(), { signal });
    addEventListener("pagehide", () => this.leave(), { signal });
    document.addEventListener("visibilitychange", () => document.hidden && this.leave(), { signal });
    signal.addEventListener("abort", () => {
      clearTimeout(this.timer);
      this.leave();
    });
  }

  textOf(doc) {
    return JSON.stringify(bodyOf(doc, this.head, this.ids).body);
  }

  /** Whether the server has all that is shown. */
  get clean() {
    return this.textOf(this.now()) === this.sent;
  }

  /** The document was changed. */
  touched() {
    if (this.clean) {
      this.drafts.drop();
      if (!["busy", "conflict"].includes(this.state)) this.tell("saved");
      return;
    }
    const kept = this.drafts.keep({ base: this.base, doc: this.withIds(this.now()), etag: this.etag });
    if (["busy", "conflict", "gone"].includes(this.state)) return;
    this.tell("dirty", kept ? "" : "This browser has no room to keep it: do not close the page before it is saved.");
    this.later(PAUSE_MS);
  }

  /** A document whose turns all bear the ids that the server gave them. */
  withIds(doc) {
    const known = (turn) => ({ ...turn, id: idOf(turn, this.ids) ?? null });
    return { ...doc, segments: doc.segments.map((segment) => ({ ...segment, turns: segment.turns.map(known) })) };
  }

  later(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), ms);
  }

  /** Save now; true once the server has what is shown. */
  async save() {
    clearTimeout(this.timer);
    if (this.running) {
      await this.running;
      return this.clean || this.save();
    }
    if (["conflict", "gone"].includes(this.state)) return false;
    this.running = this.put();
    try {
      return await this.running;
    } finally {
      this.running = null;
    }
  }

  async put() {
    const doc = this.now();
    this.faults = faultsOf(doc, this.ids);
    const whole = faultOf(doc);
    if (whole || this.faults.size) {
      this.tell("held", whole || "Not saved yet: look at the marked lines. It is kept in this browser.");
      return false;
    }
    const { body, keys } = bodyOf(doc, this.head, this.ids);
    if (JSON.stringify(body) === this.sent) {
      this.tell("saved");
      return true;
    }
    this.tell("saving");
    try {
      // What is sent when a page is left arrives only with `keepalive`, which takes no more than 64 KB.
      const keepalive = JSON.stringify(body).length < 30_000;
      const answer = await api("PUT", this.path, { json: body, headers: { "If-Match": this.etag }, raw: true, keepalive });
      this.took(doc, keys, await answer.json(), answer.headers.get("etag"));
      return true;
    } catch (fault) {
      await this.failed(fault, body, keys);
      return false;
    }
  }

  /** The server has `script`, made of the turns `keys` of `doc`. */
  took(doc, keys, script, etag) {
    const turns = script.segments.flatMap((segment) => segment.turns);
    turns.forEach((turn, at) => this.ids.set(keys[at], turn.id));
    [this.head, this.etag, this.base] = [script, etag, this.withIds(doc)];
    this.sent = this.textOf(doc);
    if (this.clean) {
      this.drafts.drop();
      this.tell("saved");
    } else {
      this.touched();
    }
    this.onSaved();
  }

  async failed(fault, body, keys) {
    if (fault.name === "AbortError" || this.signal.aborted) return undefined;
    if (fault.status === 412) return this.conflict();
    if (fault.status === 409) {
      this.tell("busy", "It is being rendered. What you change is kept here, and saved after that.");
      return this.later(AGAIN_MS);
    }
    if (fault.status === 404) return this.tell("gone", "This episode was deleted. Your words are kept in this browser only.");
    if (fault.status === 422 || fault.status === 413) {
      const line = lineOf(fault, body, keys);
      if (line) this.faults.set(line, [fault.message, fault.hint].filter(Boolean).join(" "));
      return this.tell("held", line ? "Not saved yet: look at the marked line." : `${fault.message} ${fault.hint}`);
    }
    this.tell("away", fault.status ? `${fault.message} It is tried again.` : "No connection. Your words are kept in this browser.");
    return this.later(AGAIN_MS);
  }

  /** Somebody else changed the script: see what it is now. */
  async conflict() {
    try {
      const answer = await api("GET", this.path, { raw: true });
      const script = await answer.json();
      this.conflicting();
      this.onConflict(script, answer.headers.get("etag"));
    } catch (fault) {
      if (this.signal.aborted) return;
      this.tell("away", fault.message);
      this.later(AGAIN_MS);
    }
  }

  /** Nothing is sent until it is settled which words stay. */
  conflicting() {
    this.drafts.keep({ base: this.base, doc: this.withIds(this.now()), etag: this.etag });
    this.tell("conflict", "It was changed in another window too.");
  }

  /** From now on changes are made to `script`, as the server has it under `etag`. */
  rebase(script, etag) {
    [this.head, this.etag, this.base] = [script, etag, read(script)];
    this.sent = this.textOf(this.base);
    this.state = "dirty";
  }

  /** Go on after its job has ended. */
  freed() {
    if (this.state !== "busy") return;
    this.state = "dirty";
    this.save();
  }

  /** The page may be gone in a moment: send what there is; a draft stays in any case. */
  leave() {
    if (this.clean || this.running || ["busy", "conflict", "gone", "held"].includes(this.state)) return;
    const doc = this.now();
    if (faultOf(doc) || faultsOf(doc, this.ids).size) return;
    this.save();
  }

  tell(state, words = "") {
    this.state = state;
    this.onState(state, words);
  }
}
