// Telling the server what was heard: one request an episode, again until there is an answer.
import { address } from "../parts/api.js";
import { box, bury, keep, orphans, told } from "./box.js";

const AT_ONCE = 100;
const ADOPT_MS = 60_000;

let sending = null;
let adoptedAt = 0;

/** Send what is done, and now and then what tabs left that are gone. Gives true when the server has it all. */
export function send({ all = false } = {}) {
  sending ??= sendAll(all).finally(() => { sending = null; });
  return sending;
}

async function sendAll(all) {
  const sent = await deliver(box().closed);
  told(sent);
  let whole = !box().closed.length;
  if (!whole || (!all && Date.now() - adoptedAt < ADOPT_MS)) return whole;
  adoptedAt = Date.now();
  for (const left of await orphans()) {
    const known = await deliver(left.intervals);
    if (left.intervals.every((one) => known.has(one.event_id))) bury(left);
    else whole = false;
  }
  return whole;
}

/** Tell it all without waiting for an answer: the page is being left. It stays in the box until there was one. */
export function sendLeaving() {
  keep();
  for (const [episode, intervals] of batches(box().closed)) {
    navigator.sendBeacon?.(path(episode), new Blob([body(intervals)], { type: "application/json" }));
  }
}

/** The ids of those that the server has, or never wants. */
async function deliver(intervals) {
  const done = new Set();
  for (const [episode, batch] of batches(intervals)) {
    const answer = await ask(episode, batch);
    if (answer) for (const one of batch) done.add(one.event_id);
  }
  return done;
}

/** True when it need not be sent again: it was taken, or the episode is gone, or it is nothing that could be taken. */
async function ask(episode, batch) {
  try {
    const answer = await fetch(path(episode), {
      method: "POST", body: body(batch), headers: { "Content-Type": "application/json" }, signal: AbortSignal.timeout(20_000),
    });
    return answer.ok || [404, 413, 422].includes(answer.status);
  } catch {
    return false;
  }
}

function batches(intervals) {
  const found = new Map();
  for (const one of intervals) found.set(one.episode, [...(found.get(one.episode) || []), one]);
  return [...found].flatMap(([episode, all]) =>
    Array.from({ length: Math.ceil(all.length / AT_ONCE) }, (_, n) => [episode, all.slice(n * AT_ONCE, (n + 1) * AT_ONCE)]));
}

function body(intervals) {
  const sent = intervals.map(({ episode, ...interval }) => interval);
  return JSON.stringify({ intervals: sent, sent_at: new Date().toISOString() });
}

function path(episode) {
  return address(`/api/v1/podcasts/${episode}/sessions`);
}
