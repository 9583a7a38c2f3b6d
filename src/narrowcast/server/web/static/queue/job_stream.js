// What happens to this person's jobs, live: one connection a page, however many ask.
import { address } from "../parts/api.js";

const KINDS = ["state", "scheduled", "queued", "running", "completed", "failed", "cancelled", "cancel_requested",
  "progress", "turn_written", "turn_ready", "script_ready", "waiting", "passed_over"];
const AGAIN_MS = [1000, 2000, 5000, 10000, 30000];
const LOOK_MS = 10000;

const watchers = new Set();
let source = null;
let again = null;
let looking = null;
let failures = 0;
let lost = false;

/**
 * Call `onEvent(kind, job_id, data)` for all that happens, until `signal` aborts. `onLook()` is called whenever something
 * may have happened that was not told: after a connection was lost, every 10 s while there is none, and every 10 s for
 * what nobody tells (positions in the line). `onLink(alive)` tells whether there is a connection.
 */
export function watchJobs({ onEvent, onLook = () => {}, onLink = () => {} }, signal) {
  if (signal.aborted) return;
  const watcher = { onEvent, onLook, onLink };
  watchers.add(watcher);
  if (lost) onLink(false);
  signal.addEventListener("abort", () => {
    watchers.delete(watcher);
    if (!watchers.size) end();
  });
  if (watchers.size === 1) begin();
}

function begin() {
  open();
  looking = setInterval(() => { if (!document.hidden) each("onLook"); }, LOOK_MS);
  addEventListener("online", openNow);
  document.addEventListener("visibilitychange", onVisible);
}

function end() {
  source?.close();
  source = null;
  clearTimeout(again);
  clearInterval(looking);
  [failures, lost] = [0, false];
  removeEventListener("online", openNow);
  document.removeEventListener("visibilitychange", onVisible);
}

function open() {
  clearTimeout(again);
  source?.close();
  const mine = (source = new EventSource(address("/api/v1/podcasts/events")));
  mine.onopen = () => {
    // One that came again by itself is told what it missed; a new one after a fault is not.
    if (failures) each("onLook");
    failures = 0;
    link(true);
  };
  mine.onerror = () => {
    if (mine !== source) return;
    link(false);
    if (mine.readyState !== EventSource.CLOSED) return;
    again = setTimeout(open, AGAIN_MS[Math.min(failures, AGAIN_MS.length - 1)]);
    failures += 1;
  };
  for (const kind of KINDS) {
    mine.addEventListener(kind, (event) => {
      const data = JSON.parse(event.data);
      for (const watcher of [...watchers]) watcher.onEvent(kind, data.job_id, data);
    });
  }
}

function openNow() {
  failures = Math.max(failures, 1);
  open();
}

function onVisible() {
  if (document.hidden || !source) return;
  if (source.readyState === EventSource.OPEN) each("onLook");
  else openNow();
}

function link(alive) {
  if (alive === !lost) return;
  lost = !alive;
  each("onLink", alive);
}

function each(name, ...values) {
  for (const watcher of [...watchers]) watcher[name](...values);
}
