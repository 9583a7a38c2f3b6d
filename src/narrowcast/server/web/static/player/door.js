// Where the player comes in: with the first press on anything that has `data-play`, or with what was on before.
import { toastFault } from "../parts/dom.js";
import { lastPlace } from "./memory.js";

/** Listen for presses on `data-play="EPISODE_ID"`, `data-at` seconds in where given; bring back what was on. */
export function attend() {
  if (!document.documentElement.dataset.user) return;
  document.addEventListener("click", async (event) => {
    const pressed = event.target.closest("[data-play]");
    if (!pressed || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { play, at } = pressed.dataset;
    try {
      const { player } = await import("./player.js");
      const { episodeId, playing } = player.state;
      if (at === undefined && playing && episodeId === play) player.pause();
      else await player.play(play, { at: at === undefined ? null : Number(at) });
    } catch (fault) {
      toastFault(fault);
    }
  });
  if (lastPlace()) import("./player.js").then(({ player }) => player.restore());
}
