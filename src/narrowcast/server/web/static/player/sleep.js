// The sleep timer: the player pauses after some minutes, or where the chapter ends.
import { player } from "./player.js";
import { chapterAt } from "./sound.js";

export const MINUTES = [5, 15, 30, 45, 60];
let choice = null;
let until = 0;
let timer = 0;
let chapter = null;

/** `change` tells that another choice holds. */
export const sleep = Object.assign(new EventTarget(), {
  /** Minutes, `"chapter"`, or null for staying awake. */
  choose(wanted) {
    clearTimeout(timer);
    choice = wanted;
    until = 0;
    if (typeof wanted === "number") {
      until = Date.now() + wanted * 60_000;
      timer = setTimeout(rest, wanted * 60_000);
    }
    chapter = wanted === "chapter" ? chapterAt(player.cues, player.at) : null;
    sleep.dispatchEvent(new Event("change"));
  },
  get choice() {
    return choice;
  },
  /** Minutes that are left, rounded up; null where no clock runs. */
  get minutesLeft() {
    return until ? Math.ceil(Math.max(0, until - Date.now()) / 60_000) : null;
  },
});

function rest() {
  player.pause();
  sleep.choose(null);
}

player.addEventListener("seek", () => {
  if (choice === "chapter") chapter = chapterAt(player.cues, player.at);
});
player.addEventListener("time", () => {
  if (choice === "chapter" && chapter && player.at >= chapter.end - 0.15 && player.state.playing) rest();
});
player.addEventListener("end", () => choice === "chapter" && sleep.choose(null));
