// The small player at the foot of every page, once something was played.
import { address } from "../parts/api.js";
import { dial } from "../parts/dial.js";
import { icon, make } from "../parts/dom.js";
import { clock } from "../parts/words.js";
import { chapterAt } from "./sound.js";
import { trouble } from "./telling.js";

/** Build it for `player`. It makes room for a page's own controls (`[data-controls]`) while those are in view. */
export function mini(player) {
  const play = make("button", { type: "button", class: "btn-go btn-icon", onclick: () => player.toggle() });
  const title = make("a", { class: "mini-title" });
  const under = make("span", { class: "small quiet mini-under" });
  const scale = make("div", { class: "dial small-dial" });
  const left = make("time", { class: "mono" });
  const away = make("button", { type: "button", class: "btn-ghost btn-icon", "aria-label": "Put the player away",
    onclick: () => player.close() }, icon("x", 18));
  const section = make("section", { class: "mini", "aria-label": "Player", hidden: true }, play,
    make("div", { class: "mini-words" }, title, under), scale, left, away);
  document.getElementById("player").append(section);
  const needle = dial(scale, {
    label: "Position", stepShare: 0.02, signal: new AbortController().signal,
    onSeek: (share) => player.seek(share * player.state.duration),
  });
  let covered = false;
  let shown = null;

  function show() {
    const state = player.state;
    section.hidden = !state.episodeId || !state.title || covered;
    document.body.toggleAttribute("data-mini", !section.hidden);
    if (section.hidden) return;
    if (shown !== state.playing) {
      shown = state.playing;
      play.replaceChildren(icon(shown ? "pause" : "play", 18));
      play.setAttribute("aria-label", shown ? "Pause" : "Play");
    }
    title.textContent = state.title;
    title.href = address(`/episodes/${state.episodeId}`);
    move();
  }

  function move() {
    if (section.hidden) return;
    const { at, duration, made, ...state } = player.state;
    const text = `${clock(at)} of ${clock(duration)}`;
    needle.show({ at: duration ? Math.min(1, at / duration) : 0, made: duration ? Math.min(1, made / duration) : 1, text });
    left.textContent = `−${clock(Math.max(0, duration - at))}`;
    under.textContent = trouble(state) || chapterAt(player.cues, at)?.title || "";
  }

  const seen = new IntersectionObserver((entries) => {
    covered = entries.at(-1).isIntersecting;
    show();
  }, { rootMargin: "-64px 0px 0px 0px" });
  function look() {
    seen.disconnect();
    covered = false;
    const own = document.querySelector("main [data-controls]");
    if (own && own.dataset.controls === player.state.episodeId) seen.observe(own.querySelector("[data-toggle]") ?? own);
    show();
  }

  let episodeId = null;
  player.addEventListener("change", () => {
    if (episodeId === player.state.episodeId) return show();
    episodeId = player.state.episodeId;
    return look();
  });
  player.addEventListener("time", move);
  player.addEventListener("cues", move);
  document.addEventListener("page", look);
  look();
}
