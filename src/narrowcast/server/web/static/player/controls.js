// The controls of an episode's page: dial, play, skips, speed, sleep timer, volume; and what keeps the sound away.
import { dial } from "../parts/dial.js";
import { icon, make, one, toastFault } from "../parts/dom.js";
import { clock } from "../parts/words.js";
import { BACK_S, FORWARD_S } from "./media_session.js";
import { player } from "./player.js";
import { MINUTES, sleep } from "./sleep.js";
import { trouble } from "./telling.js";

const SPEEDS = [0.8, 1, 1.2, 1.5, 1.75, 2];

/** Bring the controls in `article` to life for what is `heard`. */
export function controls(article, heard, { signal }) {
  const find = (name) => one(`[data-${name}]`, article);
  const [play, time, told, newer] = ["toggle", "clock", "trouble", "newer"].map(find);
  const needle = dial(find("dial"), {
    label: "Position", signal, stepShare: 0.01, onSeek: (share) => heard.seek(share * heard.state.duration),
  });
  play.addEventListener("click", () => heard.toggle(), { signal });
  find("back").addEventListener("click", () => heard.seek(heard.at - BACK_S), { signal });
  find("on").addEventListener("click", () => heard.seek(heard.at + FORWARD_S), { signal });
  one("button", newer).addEventListener("click", () => heard.hear(heard.state.newest).catch(toastFault), { signal });
  speeds(find("speed"), one("#speeds", article), signal);
  sleeps(find("sleep"), one("#sleeps", article), signal);
  louds(find("loud"), one("#louds", article), signal);
  let playing = null;

  function move() {
    const { at, duration, made } = heard.state;
    const text = `${clock(at)} of ${clock(duration)}`;
    needle.show({ at: duration ? Math.min(1, at / duration) : 0, made: duration ? Math.min(1, made / duration) : 0, text });
    time.textContent = `${clock(at)} / ${clock(duration)}`;
  }

  function show() {
    const state = heard.state;
    if (playing !== state.playing) {
      playing = state.playing;
      play.replaceChildren(icon(playing ? "pause" : "play", 22));
      play.setAttribute("aria-label", playing ? "Pause" : "Play");
    }
    const words = trouble(state);
    if (told.textContent !== words) told.textContent = words;
    newer.hidden = !(heard.on && !state.live && state.newest > state.revision);
    for (const button of article.querySelectorAll("[data-rendering]")) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.rendering) === heard.revision));
    }
    move();
  }

  heard.addEventListener("change", show);
  heard.addEventListener("time", move);
  heard.addEventListener("cues", () => {
    const { duration } = heard.state;
    needle.mark((heard.cues?.chapters ?? []).map(({ start, end, title }) => (
      { title, from: start / duration, share: (end - start) / duration })));
    show();
  });
  show();
}

function speeds(button, menu, signal) {
  const range = make("input", { type: "range", min: 0.5, max: 3, step: 0.05, "aria-label": "Speed" });
  range.addEventListener("input", () => player.setRate(Number(range.value)));
  const picks = SPEEDS.map((rate) => make("button", { type: "button", class: "num", onclick: () => player.setRate(rate) }, `${rate}×`));
  menu.replaceChildren(range, make("div", { class: "row" }, ...picks));
  const show = () => {
    const { rate } = player.state;
    range.value = rate;
    button.textContent = `${rate}×`;
    button.setAttribute("aria-label", `Speed, ${rate} times`);
    picks.forEach((each, number) => each.setAttribute("aria-pressed", String(SPEEDS[number] === rate)));
  };
  player.addEventListener("change", show, { signal });
  show();
}

function sleeps(button, menu, signal) {
  const choices = [[null, "Stay awake"], ...MINUTES.map((count) => [count, `In ${count} min`]), ["chapter", "At the chapter’s end"]];
  const picks = choices.map(([choice, words]) => make("button", {
    type: "button", onclick: () => { sleep.choose(choice); menu.hidePopover(); },
  }, words));
  menu.replaceChildren(...picks);
  const label = one("[data-label]", button);
  const show = () => {
    const left = sleep.minutesLeft;
    label.textContent = left ? `${left} min` : sleep.choice === "chapter" ? "Chapter" : "Sleep";
    const says = left ? `pauses in ${left} min` : sleep.choice ? "pauses at the chapter’s end" : "off";
    button.setAttribute("aria-label", `Sleep timer, ${says}`);
    picks.forEach((each, number) => each.setAttribute("aria-pressed", String(choices[number][0] === sleep.choice)));
  };
  sleep.addEventListener("change", show, { signal });
  const minute = setInterval(show, 10_000);
  signal.addEventListener("abort", () => clearInterval(minute));
  show();
}

function louds(button, menu, signal) {
  const range = make("input", { type: "range", min: 0, max: 1, step: 0.05, "aria-label": "Volume" });
  range.addEventListener("input", () => player.setVolume(Number(range.value)));
  const mute = make("button", { type: "button", onclick: () => player.setVolume(player.state.volume, !player.state.muted) });
  menu.replaceChildren(range, mute);
  let drawn = null;
  const show = () => {
    const { volume, muted } = player.state;
    range.value = muted ? 0 : volume;
    mute.textContent = muted ? "Sound on" : "Sound off";
    if (drawn === muted) return;
    drawn = muted;
    button.replaceChildren(icon(muted ? "volume-x" : "volume-2"));
    button.setAttribute("aria-label", muted ? "Volume, off" : "Volume");
  };
  player.addEventListener("change", show, { signal });
  show();
}
