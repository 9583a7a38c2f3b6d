// Hearing one line before all is rendered: made once, kept, and taken by the render.
import { address, api } from "../parts/api.js";
import { icon, toastFault } from "../parts/dom.js";
import { pausePlayer } from "./playing.js";

/** Plays previews, one at a time; `saved()` brings the script to the server first, `idOf(key)` is a line's id there. */
export class Preview {
  constructor({ episodeId, saved, idOf, onMade, signal }) {
    Object.assign(this, { episodeId, saved, idOf, onMade });
    this.audio = new Audio();
    this.button = null;
    this.audio.addEventListener("ended", () => this.stop(), { signal });
    this.audio.addEventListener("error", () => this.audio.error && this.button && this.fail(), { signal });
    signal.addEventListener("abort", () => this.stop());
  }

  async toggle(key, button) {
    const mine = this.button === button;
    this.stop();
    if (mine) return;
    this.show(button, "loader", true);
    try {
      if (!(await this.saved())) return this.stop();
      const id = this.idOf(key);
      if (!id) return this.stop();
      const path = `podcasts/${this.episodeId}/turns/${encodeURIComponent(id)}/preview`;
      const told = await api("POST", path, { json: {} });
      if (!told.cached) this.onMade();
      if (this.button !== button) return undefined;
      await pausePlayer();
      this.audio.src = address(`/api/v1/${path}?${Date.now()}`);
      await this.audio.play();
      this.show(button, "pause", false);
    } catch (fault) {
      if (this.button === button) this.stop();
      if (fault.name !== "AbortError") toastFault(fault);
    }
    return undefined;
  }

  fail() {
    this.stop();
    toastFault({ message: "The line could not be played.", hint: "Press again to try once more." });
  }

  show(button, drawn, busy) {
    this.button = button;
    button.replaceChildren(icon(drawn, 18));
    button.setAttribute("aria-busy", String(busy));
    button.setAttribute("aria-pressed", "true");
  }

  stop() {
    const { button } = this;
    this.button = null;
    this.audio.pause();
    this.audio.removeAttribute("src");
    if (!button) return;
    button.replaceChildren(icon("play", 18));
    button.removeAttribute("aria-busy");
    button.removeAttribute("aria-pressed");
  }
}
