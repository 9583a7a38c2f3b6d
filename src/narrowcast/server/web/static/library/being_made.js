// Cards of what is being made: they say how far it is, and become what was made.
import { pageAt } from "../parts/navigation.js";
import { badge, ended } from "../queue/job_words.js";
import { watchJobs } from "../queue/job_stream.js";

/** Keep the cards on `shelf` true that have a job. */
export function beingMade(shelf, { signal }) {
  const cardOf = (job) => shelf.querySelector(`[data-job="${job}"]`);
  const renewing = new Set();
  const renew = async (card) => {
    const id = card.dataset.episode;
    if (renewing.has(id)) return;
    renewing.add(id);
    const page = await pageAt(location.href, signal).catch(() => null);
    renewing.delete(id);
    const made = page?.querySelector(`[data-episode="${id}"]`);
    if (made && !signal.aborted) card.replaceWith(document.importNode(made, true));
  };
  const onEvent = (kind, id, data) => {
    const card = cardOf(id);
    if (!card) return;
    if (["completed", "failed", "cancelled", "script_ready"].includes(kind) || (kind === "state" && ended(data))) renew(card);
    else if (kind === "running" && !card.querySelector(".badge.live")) renew(card);
    else if (kind === "state" || kind === "progress") say(card, data);
  };
  const onLook = () => {
    const card = shelf.querySelector("[data-job]:not([data-job=''])");
    if (card && !document.hidden) renew(card);
  };
  watchJobs({ onEvent, onLook }, signal);
}

function say(card, data) {
  const shown = card.querySelector(".badge");
  const share = Math.round(data.progress_percentage ?? 0);
  if (!shown || !share) return;
  const words = data.status ? badge(data).text : "being made";
  shown.textContent = `${words} · ${share} %`;
}
