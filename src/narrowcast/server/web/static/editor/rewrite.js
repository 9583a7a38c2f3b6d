// A line or a part written anew by an instruction: before and after are shown, and nothing is changed before one says so.
import { api } from "../parts/api.js";
import { make, one } from "../parts/dom.js";
import { money } from "../parts/words.js";

const IDEAS = ["Say it simpler", "Shorter", "Livelier", "Give an example"];

/**
 * Ask for an instruction, have it followed, show both; gives the new turns (as the API tells them) or null.
 * `what` is `{ turn: id }` or `{ segment: number }`, `before` its turns now, `etag` the script's.
 */
export function rewritten({ episodeId, what, before, etag, name }) {
  const stop = new AbortController();
  const wish = make("textarea", { id: "wish", rows: 3, required: true, maxLength: 4000, autofocus: true });
  const said = make("p", { class: "small quiet", role: "status" });
  const clock = make("p", { class: "small quiet num", "aria-hidden": "true" }); // seconds are for the eye: read aloud they never end
  const ask = make("button", { class: "btn-go" }, "Write it anew");
  const result = make("div", { class: "stack" });
  const form = make("form", { class: "stack" },
    make("h2", {}, `Write ${name} anew`),
    make("div", { class: "field" }, make("label", { for: "wish" }, "What should be different?"), wish),
    make("div", { class: "row" }, ...IDEAS.map((idea) => make("button",
      { type: "button", class: "idea", onclick: () => { wish.value = idea; wish.focus(); } }, idea))),
    said, clock, result,
    make("div", { class: "row ends" }, ask,
      make("button", { type: "button", class: "btn-ghost", onclick: () => close(null) }, "Cancel")));
  const dialog = make("dialog", { class: "editing rewrite", "aria-label": `Write ${name} anew` }, form);
  let close;
  const closed = new Promise((done) => { close = done; });
  dialog.addEventListener("close", () => close(null));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    ask.disabled = true;
    result.replaceChildren(compare(before, null));
    const began = performance.now();
    const timer = setInterval(() => { clock.textContent = `${Math.round((performance.now() - began) / 1000)} s so far`; }, 1000);
    said.textContent = "Being written.";
    try {
      const json = { ...what, instruction: wish.value, apply: false };
      const told = await api("POST", `podcasts/${episodeId}/rewrite`, { json, headers: { "If-Match": etag }, signal: stop.signal });
      const turns = told.script.segments.flatMap((segment) => segment.turns).filter((turn) => told.turns.includes(turn.id));
      said.textContent = [told.cached ? "It was written before, and cost nothing now." : `It cost ${costs(told.cost_usd)}.`,
        ...told.warnings].join(" ");
      const keep = make("button", { type: "button", class: "btn-go", onclick: () => close(turns) }, "Use the new words");
      const mine = make("button", { type: "button", onclick: () => close(null) }, "Keep mine");
      result.replaceChildren(compare(before, turns), make("div", { class: "row" }, keep, mine));
      ask.className = "";
      keep.focus();
    } catch (fault) {
      if (fault.name !== "AbortError") said.textContent = `${fault.message} ${fault.hint ?? ""}`;
      result.replaceChildren();
    } finally {
      clearInterval(timer);
      clock.textContent = "";
      ask.disabled = false;
    }
  });
  one("main").append(dialog);
  dialog.showModal();
  return closed.finally(() => {
    stop.abort();
    dialog.remove();
  });
}

function costs(usd) {
  return usd === 0 ? "nothing" : usd === null ? "something: the price is not known" : money(usd);
}

function compare(before, after) {
  const side = (title, turns) => make("div", { class: "side" }, make("h3", { class: "label" }, title),
    ...(turns ? turns.map((turn) => make("p", { class: "quote" }, make("b", {}, `${turn.speaker} `), turn.text))
      : [make("p", { class: "waiting" })]));
  return make("div", { class: "compare" }, side("Now", before), side("New", after));
}
