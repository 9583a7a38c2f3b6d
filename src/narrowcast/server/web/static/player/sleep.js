// The sleep timer: the player pauses after some minutes, or where the chapter ends.
import { player } from "./player.js";
import { chapterAt } from "./sound.js";

export const MINUTES = [5, 15, 30, 45, 60];

/** `change` tells that another choice holds. */
class Sleep extends EventTarget {
  /** Minutes, `"chapter"`, or null for staying awake. */
  choice = null;
  #until = 0;
  #timer = 0;
  #chapter = null;

  constructor() {
    super();
    player.addEventListener("seek", () => this.#mark());
    player.addEventListener("time", () => {
      if (this.#chapter && player.at >= this.#chapter.end - 0.15 && player.state.playing) this.#rest();
    });
    player.addEventListener("end", () => this.choice === "chapter" && this.choose(null));
  }

  choose(wanted) {
    clearTimeout(this.#timer);
    this.choice = wanted;
    this.#until = 0;
    if (typeof wanted === "number") {
      this.#until = Date.now() + wanted * 60_000;
      this.#timer = setTimeout(() => this.#rest(), wanted * 60_000);
    }
    this.#mark();
    this.dispatchEvent(new Event("change"));
  }

  /** Minutes that are left, rounded up; null where no clock runs. */
  get minutesLeft() {
    return this.#until ? Math.ceil(Math.max(0, this.#until - Date.now()) / 60_000) : null;
  }

  // The chapter at whose end it is over: another one after a jump.
  #mark() {
    this.#chapter = this.choice === "chapter" ? chapterAt(player.cues, player.at) : null;
  }

  #rest() {
    player.pause();
    this.choose(null);
  }
}

export const sleep = new Sleep();
