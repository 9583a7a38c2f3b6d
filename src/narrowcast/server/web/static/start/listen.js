// The last step: the sample episode, as it is made.
import { api } from "../parts/api.js";
import { toastFault } from "../parts/dom.js";
import { jobCard } from "../queue/job_card.js";

/** Show the sample's card until `signal` aborts. */
export async function mount(main, { signal }) {
  const place = main.querySelector("[data-sample]");
  if (!place) return;
  try {
    const job = await api("GET", `podcasts/jobs/${place.dataset.sample}`, { signal });
    jobCard(place, job, { signal });
  } catch (fault) {
    toastFault(fault);
  }
}
