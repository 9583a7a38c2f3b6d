// The episode of the page that is shown, as it is heard: by the player where that has it on, else as it would begin.
import { toastFault } from "../parts/dom.js";
import { player } from "./player.js";
import { cuesOf } from "./sound.js";

const NOTHING = { revision: 0, duration: 0, speakers: [], chapters: [], turns: [] };

/** Events: `change`, `time`, `cues`. The player's while it has this episode on, and this page's own until then. */
export class Heard extends EventTarget {
  constructor(article, signal) {
    super();
    const { episode, title, revision, duration } = article.dataset;
    Object.assign(this, { id: episode, title, newest: Number(revision), length: Number(duration), signal });
    this.own = null; // the cues of the newest rendering, until the player has this episode on
    this.from = 0;
    this.coming = new Map(); // turns that are written and not yet voiced, by their ids
    for (const kind of ["change", "time", "cues", "seek"]) {
      player.addEventListener(kind, () => this.on && this.dispatchEvent(new Event(kind)), { signal });
    }
    let on = this.on;
    player.addEventListener("change", () => {
      if (on === this.on) return;
      on = this.on;
      for (const kind of ["change", "cues", "time"]) this.dispatchEvent(new Event(kind));
    }, { signal });
  }

  /** Whether the player has it on. */
  get on() {
    return player.state.episodeId === this.id;
  }

  get at() {
    return this.on ? player.at : this.from;
  }

  get cues() {
    const own = this.own ?? (this.newest ? null : NOTHING);
    return this.on ? player.cues ?? (player.state.revision === this.newest ? own : null) : own;
  }

  /** The rendering that is shown; 0 before the first. */
  get revision() {
    return this.on ? player.state.revision : this.newest;
  }

  get state() {
    if (this.on) return { ...player.state, newest: Math.max(this.newest, player.state.newest ?? 0) };
    return {
      ...player.state, episodeId: this.id, revision: this.newest, newest: this.newest, title: this.title, at: this.from,
      duration: this.own?.duration ?? this.length, made: this.newest ? this.own?.duration ?? this.length : 0,
      playing: false, live: !this.newest, buffering: false, fault: null,
    };
  }

  /** Show the words, and where it would go on: at `?t=` seconds where the address has it, else where it was left. */
  async begin() {
    const asked = new URLSearchParams(location.search).get("t");
    const to = Number(asked);
    const wanted = asked !== null && Number.isFinite(to) && to >= 0;
    if (this.on && wanted) player.seek(to);
    await player.ready;
    if (!this.on && this.newest) this.from = wanted ? to : await player.resumeAt(this.id).catch(() => 0);
    for (const kind of ["change", "time"]) this.dispatchEvent(new Event(kind));
    if (this.newest && !(this.on && player.cues)) {
      try {
        this.own = await cuesOf(this.id, this.revision || this.newest, this.signal);
      } catch (fault) {
        toastFault(fault);
      }
    }
    this.dispatchEvent(new Event("cues"));
    this.dispatchEvent(new Event("time"));
  }

  toggle() {
    if (this.on) return player.toggle();
    return player.play(this.id, { at: this.from });
  }

  /** Go to a moment; what is not on begins there. */
  seek(seconds, { play = false } = {}) {
    if (!this.on) {
      if (play) return player.play(this.id, { at: Math.max(0, seconds) });
      this.from = Math.min(Math.max(0, seconds), this.state.duration);
      this.dispatchEvent(new Event("time"));
      return undefined;
    }
    player.seek(seconds);
    return play && !player.state.playing ? player.play() : undefined;
  }

  /** A turn stands in the script, and is still to be voiced. */
  written(turn) {
    this.coming.set(turn.turn_id, turn);
    this.dispatchEvent(new Event("cues"));
  }

  /** Hear another rendering, from the same words on. */
  hear(revision) {
    return this.on ? player.switchTo(revision) : player.play(this.id, { revision, at: 0 });
  }
}
