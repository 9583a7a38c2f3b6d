// The player's keys: none while somebody types, and none that a page or a control needs itself.
import { make } from "../parts/dom.js";
import { BACK_S, FORWARD_S } from "./media_session.js";

const WORDS = [
  ["space or k", "Play or pause"], ["← →", `${BACK_S} s back, ${FORWARD_S} s on`], ["↑ ↓", "Louder, softer"], ["m", "Sound off or on"],
  ["0 to 9", "To that tenth of the episode"], ["Shift ↑ ↓", "Faster, slower"], ["c", "To the words that are said"],
  ["l", "Chapters"], ["b", "Bookmark this moment"], ["/", "Search the transcript"], ["?", "These keys"],
];
const here = new Map();

/** A key of the page that is shown, until `signal` aborts. */
export function keyHere(key, act, signal) {
  here.set(key, act);
  signal.addEventListener("abort", () => here.get(key) === act && here.delete(key));
}

// Whoever speaks to their machine, or types with difficulty, may do without keys of one letter.
const on = () => localStorage.getItem("narrowcast.keys") !== "off";

/** Take care of the keys of `player`: all of them on an episode's page, elsewhere those that scroll nothing. */
export function keys(player) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (taken(event) || (!on() && event.key.length === 1 && event.key !== " ")) return;
    const act = actionOf(event, player);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function taken({ target, key }) {
  if (document.querySelector("dialog:modal, [popover]:popover-open")) return true;
  if (target.closest("input, textarea, select, [contenteditable]:not([contenteditable=false])")) return true;
  if (key === " " || key === "Enter") return Boolean(target.closest("button, a, summary, [role=slider]"));
  return key.startsWith("Arrow") && Boolean(target.closest("[role=slider], [role=radiogroup], [role=menu], [role=tablist]"));
}

function actionOf({ key, shiftKey }, player) {
  const { state } = player;
  const inside = document.querySelector("main [data-controls]");
  if (key === "?" && inside) return showKeys;
  if (here.has(key)) return here.get(key);
  if (!state.episodeId) return null;
  if (key === "k") return () => player.toggle();
  if (key === "m") return () => player.setVolume(state.volume, !state.muted);
  if (inside?.dataset.controls !== state.episodeId) return null;
  if (/^[0-9]$/.test(key)) return () => player.seek((state.duration * Number(key)) / 10);
  const more = { ArrowUp: 1, ArrowDown: -1 }[key];
  if (more && shiftKey) return () => player.setRate(state.rate + more * 0.1);
  if (more) return () => player.setVolume(state.volume + more * 0.1);
  if (shiftKey) return null;
  return {
    " ": () => player.toggle(),
    ArrowLeft: () => player.seek(state.at - BACK_S),
    ArrowRight: () => player.seek(state.at + FORWARD_S),
  }[key] ?? null;
}

/** Show which keys there are. */
export function showKeys() {
  const letters = make("input", { type: "checkbox", checked: on(), onchange: () => {
    if (letters.checked) localStorage.removeItem("narrowcast.keys");
    else localStorage.setItem("narrowcast.keys", "off");
  } });
  const dialog = make("dialog", { "aria-label": "Keys" },
    make("form", { method: "dialog", class: "stack" },
      make("h2", {}, "Keys"),
      make("dl", { class: "keys" }, ...WORDS.flatMap(([key, what]) => [make("dt", { class: "mono" }, key), make("dd", {}, what)])),
      make("label", { class: "check" }, letters, "Letters, figures and signs are keys too"),
      make("div", { class: "row" }, make("button", { autofocus: true }, "Close"))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
