// The sound that plays: found, begun, kept going where the network fails, and followed while it is still being made.
import { keepPlace, loudness, speedOf } from "./memory.js";
import { liveSound } from "./live_sound.js";
import { cuesOf, soundOf } from "./sound.js";

const PATIENCE_S = [1, 2, 4, 8, 15, 30];
const STALLED_S = 10;

/** What `player.js` makes the player of; names that begin with _ are for that alone. */
export class Sounding extends EventTarget {
  _audio = new Audio();
  _sound = null;
  _cues = null;
  _at = 0;
  _wanted = false;
  _buffering = false;
  _fault = null;
  _tries = 0;
  _soundSince = 0;
  _loading = new AbortController();
  _again = 0;
  _stalled = 0;
  _keptAt = 0;
  _live = null;
  _others = "BroadcastChannel" in globalThis ? new BroadcastChannel("narrowcast.player") : null;

  constructor() {
    super();
    const audio = this._audio;
    audio.preservesPitch = true;
    audio.preload = "auto";
    Object.assign(audio, loudness());
    document.getElementById("player").append(audio);
    audio.addEventListener("loadedmetadata", () => this._loaded());
    audio.addEventListener("timeupdate", () => this._onTime());
    audio.addEventListener("playing", () => this._sounds());
    audio.addEventListener("waiting", () => this._waits());
    audio.addEventListener("error", () => this._broken());
    audio.addEventListener("ended", () => this._ended());
    audio.addEventListener("pause", () => audio.ended || audio.error || this._pausedFromOutside());
    audio.addEventListener("play", () => this._playedFromOutside());
    addEventListener("online", () => this._fault?.offline && this._mend());
    addEventListener("pagehide", () => this._keep());
    this._others?.addEventListener("message", () => this.pause());
  }

  /** The element, for what must listen to the sound itself. */
  get audio() {
    return this._audio;
  }

  /** The cues of what is on, once they are there; of what is still being made, those that have come. */
  get cues() {
    return this._cues;
  }

  get at() {
    return this._audio.readyState > 0 ? this._audio.currentTime : this._at;
  }

  get state() {
    const { duration = 0, ...sound } = this._sound || { episodeId: null, revision: 0, title: "", live: false };
    const length = sound.live ? this._live?.duration || duration
      : Number.isFinite(this._audio.duration) ? this._audio.duration : duration;
    return {
      ...sound, at: this.at, duration: length, made: sound.live ? this._live?.made ?? 0 : length,
      playing: this._wanted, rate: this._audio.playbackRate, buffering: this._wanted && this._buffering,
      fault: this._fault, words: this._live?.words ?? "", volume: this._audio.volume, muted: this._audio.muted,
    };
  }

  /** Play an episode, from `at` seconds where given, else where it was left. What plays already just goes on. */
  async play(episodeId = this._sound?.episodeId, { at = null, revision = null } = {}) {
    if (!episodeId) return;
    const known = this._sound?.episodeId === episodeId;
    const same = known && (!revision || revision === this._sound.revision);
    this._wanted = true;
    this._fault = null;
    this._tries = 0;
    if (same && this._audio.src && !this._audio.error) {
      if (at !== null) this.seek(at);
      else if (this._audio.ended) this.seek(0);
      await this._start();
      return;
    }
    if (same) this._at = at ?? this.at;
    else await this._put({ episodeId, revision, title: known ? this._sound.title : "", live: false }, at);
    this._buffering = true;
    this._changed();
    await this._mend();
  }

  pause() {
    this._wanted = false;
    this._audio.pause();
    this._keep();
    this._changed();
  }

  toggle() {
    return this._wanted ? this.pause() : this.play();
  }

  /** Go to a moment, and stay paused or playing. */
  seek(seconds) {
    const { at: from, duration, made, live } = this.state;
    const to = Math.min(Math.max(0, seconds), live ? made : duration || seconds);
    if (this._audio.readyState > 0) this._audio.currentTime = to;
    this._at = to;
    this.dispatchEvent(new CustomEvent("seek", { detail: { from, to } }));
    this.dispatchEvent(new Event("time"));
    this._keep();
  }

  /** Where to begin when nobody said so: `outbox.js` knows. Asked with the episode's id. */
  resumeAt = async () => 0;

  async _put(sound, at) {
    this._drop();
    this._sound = sound;
    this._at = at ?? 0;
    this._changed();
    if (at === null) {
      await this.ready;
      const resumed = await this.resumeAt(sound.episodeId).catch(() => 0);
      if (this._sound === sound) this._at = resumed;
    }
  }

  _drop() {
    this._loading.abort();
    this._live?.close();
    this._live = null;
    this._cues = null;
    clearTimeout(this._again);
    clearTimeout(this._stalled);
    this._audio.pause();
    this._audio.removeAttribute("src");
    this._audio.load();
  }

  // Ask anew where the sound is, and go on from where it was.
  async _mend() {
    clearTimeout(this._again);
    this._loading.abort();
    const { signal } = (this._loading = new AbortController());
    const { episodeId, revision } = this._sound;
    try {
      const sound = await soundOf(episodeId, revision, signal);
      // What was in hand went on sounding meanwhile.
      const at = this.at;
      this._sound = sound;
      this._fault = null;
      this._at = at;
      this._setSpeed();
      if (sound.live) {
        await this._beginLive(signal);
      } else {
        this._audio.src = sound.url;
        this._audio.currentTime = at;
        if (!this._cues) this._fetchCues();
      }
      this._changed();
      if (this._wanted) await this._start();
    } catch (fault) {
      if (fault.name === "AbortError") return;
      if (fault.status === 0 || fault.status >= 500) this._later(fault);
      else this._giveUp(fault);
    }
  }

  async _beginLive(signal) {
    const live = await liveSound(this._audio, this._sound.episodeId, {
      signal,
      onChange: () => this._changed(),
      onCue: () => this.dispatchEvent(new Event("cues")),
      onReady: () => this._finished(),
      onFault: (fault) => this._giveUp(fault),
    });
    this._live = live;
    this._cues = live.cues;
  }

  // The first rendering is there: the same sound, under its own address, at the same place.
  async _finished() {
    this._at = this.at;
    this._live?.close();
    this._live = null;
    this._cues = null;
    this._sound = { ...this._sound, revision: null };
    this._audio.removeAttribute("src");
    await this._mend();
  }

  async _start() {
    this._others?.postMessage("plays");
    try {
      await this._audio.play();
    } catch (error) {
      // A browser that wants a press first; any other fault comes as an event of its own.
      if (error.name === "NotAllowedError") this.pause();
    }
    this._changed();
  }

  async _fetchCues() {
    const { episodeId, revision, live } = this._sound;
    if (live || !revision) return;
    try {
      const cues = await cuesOf(episodeId, revision);
      if (this._sound?.episodeId !== episodeId || this._sound.revision !== revision) return;
      this._cues = cues;
      this.dispatchEvent(new Event("cues"));
    } catch {
      // Sound without words is better than none: they are asked for again with the next sound.
    }
  }

  _setSpeed() {
    const rate = speedOf(this._sound.notebookId);
    this._audio.defaultPlaybackRate = rate;
    this._audio.playbackRate = rate;
  }

  _loaded() {
    if (Math.abs(this._audio.currentTime - this._at) > 0.5) this._audio.currentTime = this._at;
    this._changed();
  }

  _onTime() {
    // What is told of a sound that was put away, or is yet to be found, is no place in this one.
    if (this._audio.readyState === 0) return;
    this._at = this._audio.currentTime;
    if (performance.now() - this._keptAt > 1000) this._keep();
    // Only sound that lasts shows that it is mended.
    if (this._tries && performance.now() - this._soundSince > 3000 && !this._audio.paused) this._tries = 0;
    this.dispatchEvent(new Event("time"));
  }

  _sounds() {
    clearTimeout(this._stalled);
    this._soundSince = performance.now();
    this._buffering = false;
    this._fault = null;
    this._changed();
  }

  _waits() {
    this._buffering = true;
    clearTimeout(this._stalled);
    if (!this._sound?.live) this._stalled = setTimeout(() => this._wanted && this._mend(), STALLED_S * 1000);
    this._changed();
  }

  _broken() {
    if (!this._audio.getAttribute("src") || this._sound?.live) return;
    this._later(null);
  }

  _later(fault) {
    clearTimeout(this._stalled);
    const offline = !navigator.onLine;
    if (!offline && this._tries >= PATIENCE_S.length) {
      this._giveUp(fault ?? { message: "This sound does not come.", hint: "Press play to try again." });
      return;
    }
    const wait = PATIENCE_S[Math.min(this._tries++, PATIENCE_S.length - 1)];
    this._buffering = true;
    this._fault = offline
      ? { offline, message: "You are offline.", hint: "It goes on from here when you are back." }
      : { offline: true, message: "The server does not answer.", hint: "Trying again." };
    this._again = setTimeout(() => this._mend(), wait * 1000);
    this._changed();
  }

  _giveUp(fault) {
    this._wanted = false;
    this._buffering = false;
    this._fault = { message: fault.message, hint: fault.hint || "" };
    this._changed();
  }

  _ended() {
    this._wanted = false;
    this._keep();
    this.dispatchEvent(new Event("end"));
    this._changed();
  }

  // Headphones that are pulled out, another app: the system pauses by itself.
  _pausedFromOutside() {
    if (this._wanted && this._audio.getAttribute("src") && this._audio.readyState > 2) this.pause();
  }

  _playedFromOutside() {
    if (this._wanted) return;
    this._wanted = true;
    this._changed();
  }

  _keep() {
    if (!this._sound?.title) return;
    this._keptAt = performance.now();
    const { episodeId, revision, title, url, duration, notebookId, live } = this._sound;
    if (!live) keepPlace({ episodeId, revision, title, url, duration, notebookId, live }, this.at);
  }

  _changed() {
    this.dispatchEvent(new Event("change"));
  }
}
