// The line that tells what it would take, before anybody presses.
import { api } from "../parts/api.js";
import { count, money, span } from "../parts/words.js";

const REST_MS = 400;
const BUSY_MS = 5000;
const NOTHING = "Choose something to read. What it takes is told here, before you press.";

/** Keep `line` true to what `wish()` gives; call the function that this gives whenever that may have changed. */
export function estimating(line, { wish, besides, onFault, signal }) {
  let timer = 0;
  let asking = null;
  let told = "";

  function later(ms = REST_MS) {
    clearTimeout(timer);
    asking?.abort();
    const wanted = wish();
    if (!wanted) return say(NOTHING);
    line.setAttribute("aria-busy", "true");
    if (!told) line.textContent = "Working out what it takes.";
    timer = setTimeout(() => ask(wanted), ms);
    return undefined;
  }

  async function ask(wanted) {
    const mine = (asking = new AbortController());
    try {
      const estimate = await api("POST", "podcasts/estimate", { json: wanted, signal: mine.signal });
      if (signal.aborted || mine.signal.aborted) return;
      told = inWords(estimate, wanted) + besides();
      say(told);
    } catch (fault) {
      if (fault.name === "AbortError" || signal.aborted || mine.signal.aborted) return;
      if (fault.status === 429 || fault.status === 503) later(BUSY_MS);
      else if (!onFault(fault)) say([fault.message, fault.hint].filter(Boolean).join(" "));
    }
  }

  function say(text) {
    if (line.textContent !== text) line.textContent = text;
    line.removeAttribute("aria-busy");
    if (text === NOTHING) told = "";
  }

  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    asking?.abort();
  });
  return later;
}

/** "about 12 min of listening · first words in 6 s · $0.04 · ready in about 2 minutes" */
function inWords(estimate, wanted) {
  const parts = [];
  if (estimate.audio_seconds) parts.push(`about ${span(estimate.audio_seconds)} of listening`);
  else if (wanted.stop_after) parts.push("a script to review");
  const waits = estimate.starts_in_seconds;
  if (estimate.queue_position === null && waits > 60) parts.push(`begins ${atTime(waits)}`);
  else if (estimate.first_words_seconds && !wanted.stop_after) parts.push(`first words in ${span(waits + Math.max(1, estimate.first_words_seconds))}`);
  parts.push(estimate.cost_usd === null && estimate.unknown_price
    ? `cost not known: no price of ${estimate.unknown_price}` : money(estimate.cost_usd));
  if (estimate.queue_position !== null) parts.push(`ready in ${estimate.ready_in.human_readable}`);
  if (estimate.queue_position > 1) parts.push(`after ${count(estimate.queue_position - 1, "other")} in the queue`);
  return parts.join(" · ");
}

function atTime(seconds) {
  const at = new Date(Date.now() + seconds * 1000);
  const time = at.toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
  const today = at.toDateString() === new Date().toDateString();
  return today ? `at ${time}` : `${at.toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" })}, ${time}`;
}
