// What a job's figures say in words. Pure.
import { clock as length, count, money, span } from "../parts/words.js";

const VOICED = { retrieving_content: "reading", generating_script: "planning", parsing_turns: "writing",
  generating_audio: "voicing", combining_audio: "mixing", storing_audio: "finishing" };

/** The steps on a job's dial: their names, and from where to where they reach. */
export const STEPS = [
  { from: 0, share: 0.3, title: "read" },
  { from: 0.3, share: 0.2, title: "write" },
  { from: 0.5, share: 0.4, title: "voice" },
  { from: 0.9, share: 0.1, title: "mix" },
];

/** Whether nothing happens to it any more. */
export function ended(job) {
  return ["completed", "failed", "cancelled"].includes(job.status);
}

/** What its badge says, and how it looks: `{ text, look }`. */
export function badge(job) {
  if (!ended(job) && job.cancel_requested) return { text: "stopping", look: "" };
  if (job.status === "running") return { text: atWork(job), look: "live" };
  if (job.status === "scheduled") return { text: "scheduled", look: "" };
  if (job.status === "completed") return { text: job.result?.seconds === 0 ? "script ready" : "ready", look: "ready" };
  if (job.status === "failed") return { text: "failed", look: "wrong" };
  return { text: job.status, look: "" };
}

function atWork(job) {
  const { total_turns: total, completed_turns: done } = job.step_details;
  if (job.current_step === "generating_audio" && total) return `voicing turn ${Math.min(done + 1, total)} of ${total}`;
  return VOICED[job.current_step] ?? "beginning";
}

/** The sentence below its name, where no words of a turn stand there. */
export function sentence(job, now = new Date()) {
  if (job.status === "failed") return job.error_message || "Something went wrong.";
  if (job.status === "cancelled") return "Cancelled. What was made until then is kept, and not paid for again.";
  if (job.status === "completed") return made(job);
  if (job.cancel_requested) return "Stopping; calls that are under way still end.";
  if (job.status === "running") return left(job) ? `Ready in about ${left(job)}.` : "Just begun.";
  if (job.status === "scheduled") return job.run_at ? `Begins ${when(job.run_at, now)}.` : "Begins later.";
  return job.estimated_time ? `Ready in about ${span(job.estimated_time.seconds)}.` : "Waits for its turn.";
}

function left(job) {
  return job.estimated_time_remaining ? span(job.estimated_time_remaining) : "";
}

function made(job) {
  const result = job.result ?? {};
  const took = job.started_at && job.finished_at ? (new Date(job.finished_at) - new Date(job.started_at)) / 1000 : null;
  const told = result.seconds ? [`${length(result.seconds)} made${took === null ? "" : ` in ${span(took)}`}`]
    : [took === null ? "Written" : `Written in ${span(took)}`];
  if (result.cached?.clips) {
    const all = result.turns ?? result.cached.clips;
    told.push(`${result.cached.clips} of ${count(all, "clip")} ${result.cached.clips === 1 ? "was" : "were"} already paid for`);
  }
  if (result.cost_usd !== undefined) told.push(money(result.cost_usd));
  return told.join(" · ");
}

/** A point in time as one says it today: "06:30", "tomorrow 05:40", "24 Nov 05:40". */
function when(time, now = new Date()) {
  const at = new Date(time);
  const clock = at.toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
  const day = (moment) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate());
  const days = Math.round((day(at) - day(now)) / 86_400_000);
  if (days === 0) return `at ${clock}`;
  if (days === 1) return `tomorrow ${clock}`;
  return `${at.toLocaleDateString([], { day: "numeric", month: "short" })} ${clock}`;
}
