// The player: one for all pages. What is on goes on while one moves between them.
import { forgetPlace, keepLoudness, keepSpeed, lastPlace } from "./memory.js";
import { cuesOf, movedTo, soundOf } from "./sound.js";
import { Sounding } from "./sounding.js";

const SLOWEST = 0.5;
const FASTEST = 3;
const LOOK_MS = 60_000;

/**
 * Events: `change` (anything but the time), `time` (about four times a second), `seek` (`detail.from`, `detail.to`), `cues`,
 * `end`. `state` is a fresh value each time: seconds, and `fault` `{ message, hint }` in words for the listener. Besides what
 * is below: `play(episodeId, { at, revision })`, `pause()`, `toggle()`, `seek(seconds)`, `cues`, `at`.
 */
class Player extends Sounding {
  _lookedAt = 0;

  /** Settles once all that belongs to the player is there. */
  ready = null;

  /** How fast, from 0.5 to 3; it is remembered for the episode's show. */
  setRate(rate) {
    const wanted = Math.min(FASTEST, Math.max(SLOWEST, Math.round(rate * 20) / 20));
    this._audio.defaultPlaybackRate = wanted;
    this._audio.playbackRate = wanted;
    keepSpeed(this._sound?.notebookId, wanted);
    this._changed();
  }

  /** How loud, from 0 to 1. */
  setVolume(volume, muted = false) {
    this._audio.volume = Math.min(1, Math.max(0, volume));
    this._audio.muted = muted;
    keepLoudness(this._audio.volume, muted);
    this._changed();
  }

  /** Another rendering of what is on, at the same words. */
  async switchTo(revision) {
    const cues = await cuesOf(this._sound.episodeId, revision);
    const at = movedTo(this._cues, cues, this.at);
    const playing = this._wanted;
    await this.play(this._sound.episodeId, { at, revision });
    if (!playing) this.pause();
  }

  /** Show what was on when the page was left, paused. */
  restore() {
    const kept = lastPlace();
    if (!kept || this._sound) return;
    this._sound = { ...kept.sound, newest: kept.sound.revision };
    this._at = kept.at;
    this._setSpeed();
    this._fetchCues();
    this._changed();
  }

  /** Look, once a minute at most, whether there is a newer rendering than the one that is on: `state.newest`. */
  async look() {
    const sound = this._sound;
    if (!sound || sound.live || Date.now() - this._lookedAt < LOOK_MS) return;
    this._lookedAt = Date.now();
    try {
      const { newest } = await soundOf(sound.episodeId);
      if (this._sound !== sound || newest === sound.newest) return;
      sound.newest = newest;
      this._changed();
    } catch {
      // It is looked for again with the next look.
    }
  }

  /** Put away what is on. */
  close() {
    this.pause();
    this._drop();
    this._sound = null;
    forgetPlace();
    this._changed();
  }
}

export const player = new Player();
// What belongs to it comes after it, whoever asked for it first.
player.ready = import("./deck.js");
