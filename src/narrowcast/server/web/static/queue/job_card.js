// The live card of one job: where it stands, what is being voiced, and what can be done about it.
import { address, api } from "../parts/api.js";
import { dial } from "../parts/dial.js";
import { confirmed, make, toastFault } from "../parts/dom.js";
import { visit } from "../parts/navigation.js";
import { watchJobs } from "./job_stream.js";
import { badge, ended, sentence, STEPS } from "./job_words.js";

const PROGRESS = ["progress_percentage", "current_step", "step_details", "estimated_time_remaining"];

/**
 * Make `element` the card of `job`, as `GET /podcasts/jobs/{id}` gives it, and keep it true until `signal` aborts.
 * `onEnd(job)` is called once when it ends; `onRetry(job)` with the job that does it again, else its episode is opened;
 * `open: false` leaves out the ways to the episode, for its own page. Gives `show(job)` for who knows more.
 */
export function jobCard(element, job, { signal, onEnd = () => {}, onRetry = null, open = true }) {
  const card = new Card(element, job, { signal, onEnd, onRetry, open });
  if (!ended(job)) card.follow(signal);
  return { show: (state) => card.take(state) };
}

class Card {
  constructor(element, job, { signal, onEnd, onRetry, open }) {
    Object.assign(this, { job, onEnd, onRetry, open, alive: true, asking: null });
    this.turns = new Map(job.turn ? [[job.turn.turn_id, job.turn]] : []);
    this.voiced = new Set();
    this.stop = new AbortController();
    signal.addEventListener("abort", () => this.stop.abort());
    this.build(element);
    this.draw();
  }

  build(element) {
    element.classList.add("job");
    this.pos = make("span", { class: "pos num" });
    this.name = make("b", { class: "name" });
    this.badge = make("span", { class: "badge" });
    this.said = make("p", { class: "said small quiet num" });
    this.note = make("p", { class: "note small", role: "status" });
    this.acts = make("div", { class: "acts" });
    const scale = make("div", { class: "dial small-dial" });
    element.replaceChildren(this.pos,
      make("div", { class: "about" }, make("div", { class: "row" }, this.name, this.badge), this.said, this.note),
      this.acts, scale);
    this.scale = scale;
    this.dial = dial(scale, { label: "How far it is", signal: this.stop.signal });
    this.dial.mark(STEPS);
  }

  follow() {
    this.known = 0;
    watchJobs({
      onEvent: (kind, id, data) => { if (id === this.job.job_id) this.hear(kind, data); },
      onLook: () => this.look(),
      onLink: (alive) => { this.alive = alive; this.since = alive ? null : new Date(); this.draw(); },
    }, this.stop.signal);
  }

  hear(kind, data) {
    if (kind === "state") return this.take(data);
    if (kind === "turn_written") this.turns.set(data.turn_id, data);
    else if (kind === "turn_ready") this.voiced.add(data.turn_id);
    else if (kind === "waiting") this.waits = { ...data, until: Date.now() + data.seconds * 1000 };
    else if (kind === "passed_over") this.passed = data.provider;
    else if (kind === "progress") for (const name of PROGRESS) this.job[name] = data[name];
    else if (kind === "cancel_requested") this.job.cancel_requested = true;
    else if (kind !== "script_ready") {
      // A new status: what else has changed with it, only the server knows.
      this.job.status = data.status;
      return this.look();
    }
    if (["turn_ready", "turn_written"].includes(kind)) this.waits = null;
    return this.draw();
  }

  /** Ask the server how it stands; once at a time. */
  async look() {
    this.asking ??= api("GET", `podcasts/jobs/${this.job.job_id}`, { signal: this.stop.signal })
      .then((job) => this.take(job))
      .catch((fault) => { if (fault.status === 404) this.take({ ...this.job, status: "cancelled" }); })
      .finally(() => { this.asking = null; });
    return this.asking;
  }

  take(job) {
    const before = ended(this.job) && this.over;
    this.job = job;
    if (job.turn && !this.turns.has(job.turn.turn_id)) this.turns.set(job.turn.turn_id, job.turn);
    this.draw();
    if (!ended(job) || before) return;
    this.over = true;
    this.stop.abort();
    this.onEnd(job);
  }

  draw() {
    const { job } = this;
    const running = job.status === "running";
    this.pos.textContent = { completed: "✓", failed: "!", cancelled: "–" }[job.status] ?? job.queue_position ?? "·";
    this.pos.setAttribute("aria-label", job.queue_position ? `Position ${job.queue_position}` : "");
    if (!job.queue_position) this.pos.setAttribute("aria-hidden", "true");
    else this.pos.removeAttribute("aria-hidden");
    const title = job.title || "Episode";
    if (this.shownTitle !== title || this.shownStatus !== job.status) {
      this.name.replaceChildren(this.open && job.episode_id ? make("a", { href: this.where() }, title) : title);
      this.shownTitle = title;
    }
    const { text, look } = badge(job);
    this.badge.className = `badge ${look}`;
    this.badge.textContent = text;
    this.drawWords(running);
    this.drawNote();
    this.scale.hidden = !running;
    const share = (job.progress_percentage ?? 0) / 100;
    this.dial.show({ at: share, made: share, text: `${Math.round(share * 100)} %, ${text}` });
    const acts = `${job.status} ${job.cancel_requested} ${job.current_step === "generating_audio"}`;
    if (this.shownActs !== acts) this.drawActs();
    [this.shownActs, this.shownStatus] = [acts, job.status];
  }

  drawWords(running) {
    const now = running && !this.job.cancel_requested && [...this.turns.values()].find((turn) => !this.voiced.has(turn.turn_id));
    if (!now) {
      this.said.textContent = sentence(this.job);
      return;
    }
    const voice = this.job.speakers.indexOf(now.speaker) % 4 + 1;
    this.said.replaceChildren(make("span", { class: "who", "data-voice": voice || null }, `${now.speaker}:`), ` “${now.text}”`);
  }

  drawNote() {
    const { job, waits } = this;
    let text = "";
    if (!this.alive && !ended(job)) {
      const at = this.since.toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
      text = `No connection to the server: this is how it stood at ${at}.`;
    } else if (job.status === "running" && waits && waits.until > Date.now()) {
      text = `Waiting ${Math.ceil((waits.until - Date.now()) / 1000)} s for ${waits.provider}: ${waits.reason}`;
    } else if (job.status === "running" && this.passed) {
      text = `${this.passed} has no voices to give; others speak.`;
    } else if (job.status === "queued" && job.failures) {
      text = `It failed ${job.failures === 1 ? "once" : `${job.failures} times`} and is tried again.`;
    }
    if (this.note.textContent !== text) this.note.textContent = text;
    this.note.hidden = !text;
  }

  drawActs() {
    const { job } = this;
    const of = job.title ? ` ${job.title}` : "";
    const act = (title, run, look = "") => make("button", { type: "button", class: look, "aria-label": title + of,
      onclick: (event) => this.press(event.currentTarget, run) }, title);
    const way = (title, look = "btn") => make("a", { class: look, href: this.where(), "aria-label": title + of }, title);
    const shown = [];
    const opens = this.open && job.episode_id;
    if (job.status === "failed" || job.status === "cancelled") shown.push(act("Retry", () => this.retry()));
    if (opens && job.status === "running" && job.current_step === "generating_audio") shown.push(way("Listen"));
    else if (opens && job.status === "completed") shown.push(way("Open"));
    if (!ended(job) && !job.cancel_requested) shown.push(act("Cancel", () => this.cancel(), "btn-ghost"));
    this.acts.replaceChildren(...shown);
  }

  where() {
    return address(`/episodes/${this.job.episode_id}`);
  }

  async press(button, run) {
    button.disabled = true;
    try {
      await run();
    } catch (fault) {
      toastFault(fault);
    } finally {
      button.disabled = false;
    }
  }

  async cancel() {
    const question = `Cancel ${this.job.title ? `“${this.job.title}”` : "this"}?`;
    const detail = "What was made so far is kept: doing it again later pays only for the rest.";
    if (!await confirmed(question, { yes: "Cancel it", no: "Go on making it", detail })) return;
    this.take(await api("POST", `podcasts/jobs/${this.job.job_id}/cancel`));
  }

  async retry() {
    const again = await api("POST", `podcasts/jobs/${this.job.job_id}/retry`);
    if (!this.onRetry) return visit(address(`/episodes/${again.episode_id}`));
    return this.onRetry(await api("GET", `podcasts/jobs/${again.job_id}`));
  }
}
