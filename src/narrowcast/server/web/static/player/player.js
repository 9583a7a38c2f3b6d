// The player: one sound for all pages. It goes on while one moves between them, and mends itself where the network fails.
import { forgetPlace, keepLoudness, keepPlace, keepSpeed, lastPlace, loudness, speedOf } from "./memory.js";
import { liveSound } from "./live_sound.js";
import { cuesOf, movedTo, soundOf } from "./sound.js";

const PATIENCE_S = [1, 2, 4, 8, 15, 30];
const STALLED_S = 10;
const SLOWEST = 0.5;
const FASTEST = 3;

/**
 * Events: `change` (anything but the time), `time` (about four times a second), `seek` (`detail.from`, `detail.to`), `cues`,
 * `end`. `state` is a fresh value each time: seconds, and `fault` `{ message, hint }` in words for the listener.
 */
class Player extends EventTarget {
  #audio = new Audio();
  #sound = null;
  #cues = null;
  #at = 0;
  #wanted = false;
  #buffering = false;
  #fault = null;
  #tries = 0;
  #soundSince = 0;
  #loading = new AbortController();
  #again = 0;
  #stalled = 0;
  #keptAt = 0;
  #lookedAt = 0;
  #live = null;
  #others = "BroadcastChannel" in globalThis ? new BroadcastChannel("narrowcast.player") : null;

  constructor() {
    super();
    const audio = this.#audio;
    audio.preservesPitch = true;
    audio.preload = "auto";
    Object.assign(audio, loudness());
    document.getElementById("player").append(audio);
    audio.addEventListener("loadedmetadata", () => this.#loaded());
    audio.addEventListener("timeupdate", () => this.#onTime());
    audio.addEventListener("playing", () => this.#sounds());
    audio.addEventListener("waiting", () => this.#waits());
    audio.addEventListener("error", () => this.#broken());
    audio.addEventListener("ended", () => this.#ended());
    audio.addEventListener("pause", () => audio.ended || audio.error || this.#pausedFromOutside());
    audio.addEventListener("play", () => this.#playedFromOutside());
    addEventListener("online", () => this.#fault?.offline && this.#mend());
    addEventListener("pagehide", () => this.#keep());
    this.#others?.addEventListener("message", () => this.pause());
  }

  /** The element, for what must listen to the sound itself. */
  get audio() {
    return this.#audio;
  }

  /** The cues of what is on, once they are there; of what is still being made, those that have come. */
  get cues() {
    return this.#cues;
  }

  get at() {
    return this.#audio.readyState > 0 ? this.#audio.currentTime : this.#at;
  }

  get state() {
    const { duration = 0, ...sound } = this.#sound || { episodeId: null, revision: 0, title: "", live: false };
    const length = sound.live ? this.#live?.duration || duration
      : Number.isFinite(this.#audio.duration) ? this.#audio.duration : duration;
    return {
      ...sound, at: this.at, duration: length, made: sound.live ? this.#live?.made ?? 0 : length,
      playing: this.#wanted, rate: this.#audio.playbackRate, buffering: this.#wanted && this.#buffering,
      fault: this.#fault, words: this.#live?.words ?? "", volume: this.#audio.volume, muted: this.#audio.muted,
    };
  }

  /** Play an episode, from `at` seconds where given, else where it was left. What plays already just goes on. */
  async play(episodeId = this.#sound?.episodeId, { at = null, revision = null } = {}) {
    if (!episodeId) return;
    const same = this.#sound?.episodeId === episodeId && (!revision || revision === this.#sound.revision);
    this.#wanted = true;
    this.#fault = null;
    this.#tries = 0;
    if (same && this.#audio.src && !this.#audio.error) {
      if (at !== null) this.seek(at);
      else if (this.#audio.ended) this.seek(0);
      await this.#start();
      return;
    }
    if (same) this.#at = at ?? this.at;
    else await this.#put({ episodeId, revision, title: "", live: false }, at);
    this.#buffering = true;
    this.#changed();
    await this.#mend();
  }

  pause() {
    this.#wanted = false;
    this.#audio.pause();
    this.#keep();
    this.#changed();
  }

  toggle() {
    return this.#wanted ? this.pause() : this.play();
  }

  /** Go to a moment, and stay paused or playing. */
  seek(seconds) {
    const { at: from, duration, made, live } = this.state;
    const to = Math.min(Math.max(0, seconds), live ? made : duration || seconds);
    if (this.#audio.readyState > 0) this.#audio.currentTime = to;
    this.#at = to;
    this.dispatchEvent(new CustomEvent("seek", { detail: { from, to } }));
    this.dispatchEvent(new Event("time"));
    this.#keep();
  }

  /** How fast, from 0.5 to 3; it is remembered for the episode's show. */
  setRate(rate) {
    const wanted = Math.min(FASTEST, Math.max(SLOWEST, Math.round(rate * 20) / 20));
    this.#audio.defaultPlaybackRate = wanted;
    this.#audio.playbackRate = wanted;
    keepSpeed(this.#sound?.notebookId, wanted);
    this.#changed();
  }

  /** How loud, from 0 to 1. */
  setVolume(volume, muted = false) {
    this.#audio.volume = Math.min(1, Math.max(0, volume));
    this.#audio.muted = muted;
    keepLoudness(this.#audio.volume, muted);
    this.#changed();
  }

  /** Another rendering of what is on, at the same words. */
  async switchTo(revision) {
    const cues = await cuesOf(this.#sound.episodeId, revision);
    const at = movedTo(this.#cues, cues, this.at);
    const playing = this.#wanted;
    await this.play(this.#sound.episodeId, { at, revision });
    if (!playing) this.pause();
  }

  /** Show what was on when the page was left, paused. */
  restore() {
    const kept = lastPlace();
    if (!kept || this.#sound) return;
    this.#sound = { ...kept.sound, newest: kept.sound.revision };
    this.#at = kept.at;
    this.#setSpeed();
    this.#fetchCues();
    this.#changed();
  }

  /** Look, once a minute at most, whether there is a newer rendering than the one that is on: `state.newest`. */
  async look() {
    const sound = this.#sound;
    if (!sound || sound.live || Date.now() - this.#lookedAt < 60_000) return;
    this.#lookedAt = Date.now();
    try {
      const { newest } = await soundOf(sound.episodeId);
      if (this.#sound !== sound || newest === sound.newest) return;
      sound.newest = newest;
      this.#changed();
    } catch {
      // It is looked for again with the next look.
    }
  }

  /** Put away what is on. */
  close() {
    this.pause();
    this.#drop();
    this.#sound = null;
    forgetPlace();
    this.#changed();
  }

  /** Settles once all that belongs to the player is there. */
  ready = null;

  /** Where to begin when nobody said so: `outbox.js` knows. Asked with the episode's id. */
  resumeAt = async () => 0;

  async #put(sound, at) {
    this.#drop();
    this.#sound = sound;
    this.#at = at ?? 0;
    this.#changed();
    if (at === null) {
      await this.ready;
      const resumed = await this.resumeAt(sound.episodeId).catch(() => 0);
      if (this.#sound === sound) this.#at = resumed;
    }
  }

  #drop() {
    this.#loading.abort();
    this.#live?.close();
    this.#live = null;
    this.#cues = null;
    clearTimeout(this.#again);
    clearTimeout(this.#stalled);
    this.#audio.pause();
    this.#audio.removeAttribute("src");
    this.#audio.load();
  }

  // Ask anew where the sound is, and go on from where it was.
  async #mend() {
    clearTimeout(this.#again);
    const at = this.at;
    this.#loading.abort();
    const { signal } = (this.#loading = new AbortController());
    const { episodeId, revision } = this.#sound;
    try {
      const sound = await soundOf(episodeId, revision, signal);
      this.#sound = sound;
      this.#fault = null;
      this.#at = at;
      this.#setSpeed();
      if (sound.live) {
        await this.#beginLive(signal);
      } else {
        this.#audio.src = sound.url;
        this.#audio.currentTime = at;
        if (!this.#cues) this.#fetchCues();
      }
      this.#changed();
      if (this.#wanted) await this.#start();
    } catch (fault) {
      if (fault.name === "AbortError") return;
      if (fault.status === 0 || fault.status >= 500) this.#later(fault);
      else this.#giveUp(fault);
    }
  }

  async #beginLive(signal) {
    const live = await liveSound(this.#audio, this.#sound.episodeId, {
      signal,
      onChange: () => this.#changed(),
      onCue: () => this.dispatchEvent(new Event("cues")),
      onReady: () => this.#finished(),
      onFault: (fault) => this.#giveUp(fault),
    });
    this.#live = live;
    this.#cues = live.cues;
  }

  // The first rendering is there: the same sound, under its own address, at the same place.
  async #finished() {
    const at = this.at;
    this.#live?.close();
    this.#live = null;
    this.#cues = null;
    this.#sound = { ...this.#sound, revision: null };
    this.#audio.removeAttribute("src");
    this.#at = at;
    await this.#mend();
  }

  async #start() {
    this.#others?.postMessage("plays");
    try {
      await this.#audio.play();
    } catch (error) {
      // A browser that wants a press first; any other fault comes as an event of its own.
      if (error.name === "NotAllowedError") this.pause();
    }
    this.#changed();
  }

  async #fetchCues() {
    const { episodeId, revision, live } = this.#sound;
    if (live || !revision) return;
    try {
      const cues = await cuesOf(episodeId, revision);
      if (this.#sound?.episodeId !== episodeId || this.#sound.revision !== revision) return;
      this.#cues = cues;
      this.dispatchEvent(new Event("cues"));
    } catch {
      // Sound without words is better than none: they are asked for again with the next sound.
    }
  }

  #setSpeed() {
    const rate = speedOf(this.#sound.notebookId);
    this.#audio.defaultPlaybackRate = rate;
    this.#audio.playbackRate = rate;
  }

  #loaded() {
    if (Math.abs(this.#audio.currentTime - this.#at) > 0.5) this.#audio.currentTime = this.#at;
    this.#changed();
  }

  #onTime() {
    if (this.#audio.readyState === 0) return;
    this.#at = this.#audio.currentTime;
    if (performance.now() - this.#keptAt > 1000) this.#keep();
    // Only sound that lasts shows that it is mended.
    if (this.#tries && performance.now() - this.#soundSince > 3000 && !this.#audio.paused) this.#tries = 0;
    this.dispatchEvent(new Event("time"));
  }

  #sounds() {
    clearTimeout(this.#stalled);
    this.#soundSince = performance.now();
    this.#buffering = false;
    this.#fault = null;
    this.#changed();
  }

  #waits() {
    this.#buffering = true;
    clearTimeout(this.#stalled);
    if (!this.#sound?.live) this.#stalled = setTimeout(() => this.#wanted && this.#mend(), STALLED_S * 1000);
    this.#changed();
  }

  #broken() {
    if (!this.#audio.getAttribute("src") || this.#sound?.live) return;
    this.#later(null);
  }

  #later(fault) {
    clearTimeout(this.#stalled);
    const offline = !navigator.onLine;
    if (!offline && this.#tries >= PATIENCE_S.length) {
      this.#giveUp(fault ?? { message: "This sound does not come.", hint: "Press play to try again." });
      return;
    }
    const wait = PATIENCE_S[Math.min(this.#tries++, PATIENCE_S.length - 1)];
    this.#buffering = true;
    this.#fault = offline
      ? { offline, message: "You are offline.", hint: "It goes on from here when you are back." }
      : { offline: true, message: "The server does not answer.", hint: "Trying again." };
    this.#again = setTimeout(() => this.#mend(), wait * 1000);
    this.#changed();
  }

  #giveUp(fault) {
    this.#wanted = false;
    this.#buffering = false;
    this.#fault = { message: fault.message, hint: fault.hint || "" };
    this.#changed();
  }

  #ended() {
    this.#wanted = false;
    this.#keep();
    this.dispatchEvent(new Event("end"));
    this.#changed();
  }

  // Headphones that are pulled out, another app: the system pauses by itself.
  #pausedFromOutside() {
    if (this.#wanted && this.#audio.getAttribute("src") && this.#audio.readyState > 2) this.pause();
  }

  #playedFromOutside() {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#changed();
  }

  #keep() {
    if (!this.#sound?.title) return;
    this.#keptAt = performance.now();
    const { episodeId, revision, title, url, duration, notebookId, live } = this.#sound;
    if (!live) keepPlace({ episodeId, revision, title, url, duration, notebookId, live }, this.at);
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

export const player = new Player();
// What belongs to it comes after it, whoever asked for it first.
player.ready = import("./deck.js");
