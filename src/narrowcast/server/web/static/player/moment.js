// A shared moment: it begins where it was shared from, and stops where it ends, once.
import { one } from "../parts/dom.js";
import { times } from "../parts/times.js";

export async function mount(main, { signal }) {
  times(main);
  const audio = one("audio", main);
  const start = Number(audio.dataset.start);
  const end = Number(audio.dataset.end) || Infinity;
  const fault = one("[data-fault]", main);
  let within = true; // until its end was reached; whoever goes on after that hears the rest
  one("[data-from]", main).addEventListener("click", () => {
    within = true;
    audio.currentTime = start;
    audio.play().catch(() => { fault.hidden = false; });
  }, { signal });
  audio.addEventListener("timeupdate", () => {
    if (!within || audio.currentTime < end) return;
    within = false;
    audio.pause();
  }, { signal });
  audio.addEventListener("error", () => { fault.hidden = false; }, { signal, capture: true });
  audio.addEventListener("playing", () => { fault.hidden = true; }, { signal });
  signal.addEventListener("abort", () => audio.pause());
}
