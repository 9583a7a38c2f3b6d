// How an episode's making stands, above its words: the job's card, what to do next, and the turns as they are written.
import { api } from "../parts/api.js";
import { toastFault } from "../parts/dom.js";
import { refresh } from "../parts/navigation.js";

/** Bring it to life; what is `heard` is told of turns that are written, but not yet voiced. */
export function standing(article, heard, signal) {
  const ask = (selector, act) => {
    const button = article.querySelector(selector);
    button?.addEventListener("click", async () => {
      button.disabled = true;
      try {
        await act(button);
        await refresh();
      } catch (fault) {
        button.disabled = false;
        toastFault(fault);
      }
    }, { signal });
  };
  ask("[data-retry]", (button) => api("POST", `podcasts/jobs/${button.dataset.retry}/retry`));
  ask("[data-voice-it]", () => api("POST", `podcasts/${heard.id}/render`, { json: {} }));
  const place = article.querySelector("[data-card]");
  if (place) card(place, article.dataset.job, heard, signal).catch(toastFault);
}

async function card(place, jobId, heard, signal) {
  const [{ jobCard }, { watchJobs }] = await Promise.all([import("../queue/job_card.js"), import("../queue/job_stream.js")]);
  const job = await api("GET", `podcasts/jobs/${jobId}`, { signal });
  if (job.turn) heard.written(job.turn);
  jobCard(place, job, { signal, open: false, onEnd: () => signal.aborted || refresh() });
  watchJobs({
    onEvent: (kind, id, data) => kind === "turn_written" && id === jobId && heard.written(data),
  }, signal);
}
