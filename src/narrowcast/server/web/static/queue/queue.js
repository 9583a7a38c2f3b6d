// The queue: jobs that are under way, live, and those that were.
import { address, api } from "../parts/api.js";
import { make, one, toast, toastFault } from "../parts/dom.js";
import { visit } from "../parts/navigation.js";
import { jobCard } from "./job_card.js";
import { watchJobs } from "./job_stream.js";
import { ended } from "./job_words.js";

const LIVE = ["running", "queued", "scheduled"];
const OVER = ["completed", "failed", "cancelled"];

/** Show both lists, and keep them true until `signal` aborts. */
export async function mount(main, { signal }) {
  const wanted = OVER.includes(main.querySelector("#before").dataset.status) ? [one("#before", main).dataset.status] : OVER;
  const page = new QueuePage(main, wanted, signal);
  await page.load();
}

class QueuePage {
  constructor(main, wanted, signal) {
    this.signal = signal;
    this.wanted = wanted;
    this.live = one("#live", main);
    this.before = one("#history", main);
    this.none = one("#none", main);
    this.nothing = one("#nothing", main);
    this.more = one("#more", main);
    this.fault = one("#fault", main);
    this.shown = new Map();
    this.over = new Set();
    this.more.addEventListener("click", () => this.earlier(), { signal });
    one("#again", main).addEventListener("click", () => this.load(), { signal });
  }

  /** Read everything and show it at once, so that nothing jumps. */
  async load() {
    let live;
    let over;
    try {
      [live, over] = await Promise.all([this.ask(LIVE, 100), this.ask(this.wanted, 20)]);
    } catch (fault) {
      if (fault.name === "AbortError") return;
      one("span", this.fault).textContent = `${fault.message} ${fault.hint}`;
      this.fault.hidden = false;
      return;
    }
    this.fault.hidden = true;
    this.live.replaceChildren();
    this.before.replaceChildren();
    for (const job of live.items.sort(inOrder)) this.add(job);
    this.append(over);
    this.say();
    watchJobs({ onEvent: (_, id) => this.hear(id) }, this.signal);
  }

  ask(statuses, limit, cursor = null) {
    const query = new URLSearchParams(statuses.map((status) => ["status", status]));
    query.set("limit", limit);
    if (cursor) query.set("cursor", cursor);
    return api("GET", `podcasts/jobs?${query}`, { signal: this.signal });
  }

  add(job, first = false) {
    if (this.shown.has(job.job_id)) return;
    const element = make("article", { "data-job": job.job_id });
    this.shown.set(job.job_id, element);
    this.live[first ? "prepend" : "append"](element);
    jobCard(element, job, { signal: this.signal, onEnd: (done) => this.ended(done), onRetry: (again) => this.again(again) });
  }

  append({ items, next_cursor: next }) {
    for (const job of items) this.addOver(job);
    this.cursor = next;
    this.more.hidden = !next;
  }

  addOver(job, first = false) {
    if (this.over.has(job.job_id)) return;
    this.over.add(job.job_id);
    const element = make("article", { "data-job": job.job_id });
    this.before[first ? "prepend" : "append"](element);
    jobCard(element, job, { signal: this.signal, onRetry: (again) => this.again(again) });
  }

  async earlier() {
    try {
      this.append(await this.ask(this.wanted, 20, this.cursor));
    } catch (fault) {
      toastFault(fault);
    }
  }

  /** Something happened to a job: one that is not shown yet is new. */
  async hear(id) {
    if (this.shown.has(id) || this.over.has(id) || this.asking?.has(id)) return;
    (this.asking ??= new Set()).add(id);
    try {
      const job = await api("GET", `podcasts/jobs/${id}`, { signal: this.signal });
      if (!ended(job)) this.add(job);
      this.say();
    } catch (fault) {
      if (fault.status !== 404) toastFault(fault);
    } finally {
      this.asking.delete(id);
    }
  }

  again(job) {
    this.add(job, true);
    this.say();
    this.shown.get(job.job_id).scrollIntoView({ block: "nearest" });
    toast(`“${job.title || "It"}” is made again; what was paid for is not paid for again.`);
  }

  /** It moves from one list to the other; what one has the focus in stays where it is until one leaves. */
  ended(job) {
    const element = this.shown.get(job.job_id);
    this.shown.delete(job.job_id);
    const had = element.contains(document.activeElement);
    element.remove();
    if (this.wanted.includes(job.status)) this.addOver(job, true);
    this.say();
    if (had) (this.before.querySelector("a, button") ?? this.before).focus();
    if (job.status === "completed") {
      toast(`“${job.title}” is ready.`, { action: { title: "Open", run: () => visit(address(`/episodes/${job.episode_id}`)) } });
    }
  }

  say() {
    this.none.hidden = this.shown.size > 0;
    this.live.hidden = !this.shown.size;
    this.nothing.hidden = this.over.size > 0;
    this.before.hidden = !this.over.size;
  }
}

function inOrder(one, other) {
  const rank = LIVE.indexOf(one.status) - LIVE.indexOf(other.status);
  if (rank) return rank;
  if (one.queue_position && other.queue_position) return one.queue_position - other.queue_position;
  return Date.parse(one.run_at ?? one.created_at) - Date.parse(other.run_at ?? other.created_at);
}
