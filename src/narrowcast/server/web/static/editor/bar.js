// What stands above the script: whether it is saved, what its sound costs, and the button that makes it.
import { api } from "../parts/api.js";
import { make, one, toast, toastFault } from "../parts/dom.js";
import { money, span } from "../parts/words.js";
import { changesIn } from "./renderings.js";

const WORDS = { saved: "Saved", dirty: "Not saved yet", saving: "Saving", held: "Not saved", away: "Not saved", busy: "Kept here",
  conflict: "Changed elsewhere too", gone: "Deleted" };

/** The bar in `element`. `save()` brings the script to the server, `etag()` is its ETag; `onJob(job)`, `onSounds(keys)`. */
export class Bar {
  constructor(element, { episodeId, voiced, save, etag, onJob, onSounds, signal }) {
    Object.assign(this, { element, episodeId, voiced, save, etag, onJob, onSounds, signal });
    this.render = one(".render", element);
    this.cost = one(".cost", element);
    this.state = one(".state", element);
    this.more = one(".more", element);
    this.asked = null;
    this.unrendered = null;
    this.render.addEventListener("click", () => this.go(), { signal });
  }

  /** How saving stands. */
  saving(state, words) {
    this.state.textContent = WORDS[state];
    this.state.dataset.state = state;
    this.more.textContent = words;
    this.more.hidden = !words;
  }

  /** Ask what it costs now; `lines` is how many there are, `renderings` what `GET …/revisions` told. */
  async estimate(lines, renderings) {
    this.asked?.abort();
    const mine = (this.asked = new AbortController());
    this.signal.addEventListener("abort", () => mine.abort(), { once: true });
    try {
      const told = await api("POST", `podcasts/${this.episodeId}/render/estimate`, { json: {}, signal: mine.signal });
      this.tell(told, lines, renderings);
    } catch (fault) {
      if (fault.name === "AbortError") return;
      this.cost.textContent = `What it costs cannot be told: ${fault.message}`;
      this.render.disabled = false;
    }
  }

  tell({ turns_to_make: make_ = [], cost_usd, seconds, estimated_time }, lines, { items, unrendered }) {
    const rendered = items.length > 0;
    this.voiced = rendered;
    const same = rendered && !unrendered;
    const time = seconds ?? estimated_time?.seconds;
    const words = same ? "The newest rendering says just this." : [
      make_.length ? `${make_.length} of ${lines} lines need new sound` : "No line needs new sound",
      money(cost_usd),
      time ? `about ${span(Math.max(1, time))}` : "",
    ].filter(Boolean).join(" · ");
    if (this.cost.textContent !== words) this.cost.textContent = words;
    this.cost.title = rendered && unrendered ? `Since rendering ${items[0].number}: ${changesIn(unrendered)}` : "";
    this.render.disabled = same;
    this.render.textContent = rendered ? "Render" : "Voice it";
    this.onSounds(new Set(make_));
  }

  async go() {
    this.render.disabled = true;
    try {
      if (!(await this.save())) {
        toast("It is not saved yet, so it cannot be rendered.");
        this.render.disabled = false;
        return;
      }
      const accepted = await api("POST", `podcasts/${this.episodeId}/render`, { json: {}, headers: { "If-Match": this.etag() } });
      this.onJob(await api("GET", `podcasts/jobs/${accepted.job_id}`));
    } catch (fault) {
      this.render.disabled = false;
      toastFault(fault);
    }
  }
}

/** The card of the job that makes the sound, in `element`; gone again when it ended well. */
export async function showJob(element, job, { signal, onEnd }) {
  const { jobCard } = await import("../queue/job_card.js");
  const card = make("div", {});
  element.replaceChildren(card);
  element.hidden = false;
  jobCard(card, job, { signal, open: false, onEnd: (ended) => {
    if (ended.status === "completed") element.hidden = true;
    onEnd(ended);
  }, onRetry: (again) => showJob(element, again, { signal, onEnd }) });
}
