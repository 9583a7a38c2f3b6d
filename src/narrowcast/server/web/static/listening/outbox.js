// Progress that is never lost: each second of listening is written down here, told to the server every 15 s and on leaving,
// and kept while there is no network.
import { api } from "../parts/api.js";
import { box, keep, lastHeard, tab } from "./box.js";
import { send, sendLeaving } from "./sending.js";

const SEND_MS = 15_000;
const WRITE_MS = 1_000;
const LONGEST_S = 60;
const JUMP_S = 1.5;
const PATIENCE_MS = 3_000;
const STEPS = [[10, 0], [60, 3], [300, 10], [1800, 20], [Infinity, 30]];
const DEVICE = "narrowcast.device";
const PLACES = `narrowcast.places.${document.documentElement.dataset.user || ""}`;
const END_S = 5;

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
let followed = null;

/** Write down what `player` plays, from now on. Call it once a page load. */
export function follow(player) {
  followed = player;
  const note = () => grow(player.state);
  player.addEventListener("time", note);
  player.addEventListener("change", () => (sounding(player.state) ? note() : finish()));
  player.addEventListener("seek", finish);
  player.addEventListener("end", () => { finish(); send(); });
  setInterval(() => { note(); if (box().open || box().closed.length) keep(); }, WRITE_MS);
  setInterval(() => { split(); send(); }, SEND_MS);
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());
  addEventListener("online", () => send({ all: true }));
  send({ all: true });
}

/** Where to go on with an episode, in seconds: what the server knows, or what this browser does where it cannot be asked. */
export async function resumeAt(episodeId) {
  finish();
  const told = await Promise.race([send({ all: true }), wait(PATIENCE_MS).then(() => false)]);
  const here = told ? null : lastHeard(episodeId);
  try {
    const known = await api("GET", `podcasts/${episodeId}/progress`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!here || Date.parse(known.position_set_at ?? 0) > here.when) return known.resume_position;
    return rewound(here, known.duration);
  } catch {
    return here ? rewound(here, null) : rewound(remembered(episodeId), null);
  }
}

/** Have the server know all that was heard here, before what this browser keeps is removed; it is not waited for long. */
export async function tellAll() {
  finish();
  const all = async () => { await send(); await send({ all: true }); };
  await Promise.race([all(), wait(PATIENCE_MS)]);
}

/** How far to go back: as `listening/resume.py`, which also knows sentences and chapters. */
function rewound(place, duration) {
  if (!place || (duration !== null && place.at >= duration - END_S)) return 0;
  const paused = (Date.now() - place.when) / 1000;
  return Math.max(0, place.at - STEPS.find(([limit]) => paused < limit)[1]);
}

function sounding(state) {
  return state.episodeId && state.playing && !state.buffering && !state.fault;
}

/** Make the open interval longer, or begin one. */
function grow(state) {
  if (!sounding(state)) return;
  const now = Date.now();
  const { open } = box();
  if (open && goesOn(open, state, now)) {
    open.to = round(Math.max(open.to, state.at));
    open.wall_end = new Date(now).toISOString();
    if (open.to - open.from >= LONGEST_S) split();
    return;
  }
  finish();
  begin(state, now, state.at);
}

/** Whether the sound went on from where it was, without a jump, a pause or another speed. */
function goesOn(open, state, now) {
  const passed = (now - Date.parse(open.wall_end)) / 1000;
  const heard = state.at - open.to;
  return open.episode === state.episodeId && open.revision === revisionOf(state) && open.rate === state.rate
    && passed < 10 && heard > -0.25 && heard < passed * open.rate + JUMP_S;
}

function begin(state, now, from) {
  const at = new Date(now).toISOString();
  box().open = {
    event_id: `${tab}.${now.toString(36)}.${Math.floor(Math.random() * 1e9).toString(36)}`,
    episode: state.episodeId, revision: revisionOf(state), from: round(from), to: round(from), rate: state.rate,
    wall_start: at, wall_end: at, tz: zone, device: device(),
  };
}

/** End the open interval; one that is too short to matter is forgotten. */
function finish() {
  const { open, closed } = box();
  if (!open) return;
  box().open = null;
  if (open.to - open.from >= 0.05) {
    closed.push(open);
    remember(open);
  }
  keep();
}

/** End the open interval and begin the next where it ends, so that nothing is missing between them. */
function split() {
  if (!followed) return;
  grow(followed.state);
  const { open } = box();
  if (!open || open.to === open.from) return;
  finish();
  if (sounding(followed.state)) begin(followed.state, Date.parse(open.wall_end), open.to);
}

function leave() {
  split();
  sendLeaving();
}

function revisionOf(state) {
  return state.live ? 0 : state.revision || 0;
}

/** The last places, for when there is no network: `{ episode: { at, when } }`. */
function places() {
  try {
    return JSON.parse(localStorage.getItem(PLACES)) || {};
  } catch {
    return {};
  }
}

function remember({ episode, to, wall_end: end }) {
  const all = Object.entries({ ...places(), [episode]: { at: to, when: Date.parse(end) } });
  const newest = all.sort(([, a], [, b]) => b.when - a.when).slice(0, 200);
  try {
    localStorage.setItem(PLACES, JSON.stringify(Object.fromEntries(newest)));
  } catch {
    // Only for convenience.
  }
}

function remembered(episodeId) {
  return places()[episodeId] ?? null;
}

function device() {
  try {
    const known = localStorage.getItem(DEVICE) || `browser-${tab}`;
    localStorage.setItem(DEVICE, known);
    return known;
  } catch {
    return `browser-${tab}`;
  }
}

function round(seconds) {
  return Math.round(seconds * 1000) / 1000;
}

function wait(ms) {
  return new Promise((done) => { setTimeout(done, ms); });
}
