// From the draft and the form to what the API is asked for. Pure, but for reading the form.
const NUMBERS = ["minutes", "num_segments", "budget_usd"];
const TEXTS = ["briefing_suffix", "language", "episode_name"];

/** What the form says: values as they stand in it, those left empty left out. */
export function optionsOf(form) {
  const given = {};
  for (const name of [...TEXTS, ...NUMBERS, "run_at", "when", "episode_profile"]) {
    const value = form.elements[name]?.value ?? "";
    if (value.trim()) given[name] = value;
  }
  given.review = form.elements.review.checked;
  return given;
}

/** The body for /podcasts/generate and /podcasts/estimate; null where there is nothing to make it from. */
export function wishOf(draft, options) {
  const from = origin(draft);
  if (!from) return null;
  const wish = { ...from };
  if (options.episode_profile) wish.episode_profile = options.episode_profile;
  for (const name of TEXTS) if (options[name]) wish[name] = options[name];
  for (const name of NUMBERS) if (options[name]) wish[name] = Number(options[name]);
  if (options.when === "off_peak") wish.off_peak = true;
  if (options.when === "at" && options.run_at) wish.run_at = new Date(options.run_at).toISOString();
  if (options.review) wish.stop_after = "script";
  return wish;
}

/** A notebook alone stays a notebook; with sources beside it, it is its sources. A text alone needs no source. */
function origin({ notebook, sources, text }) {
  const ids = sources.map((source) => source.id);
  if (notebook && !ids.length) return { notebook_id: notebook.id };
  if (notebook || ids.length) return { source_ids: [...new Set([...ids, ...(notebook?.source_ids ?? [])])] };
  return text.trim() ? { content: text } : null;
}

/** What is wrong with the options before anybody is asked: `{ field: sentence }`. */
export function faultsOf(options, form, now = new Date()) {
  const wrong = {};
  for (const name of NUMBERS) {
    const field = form.elements[name];
    const { min, max } = field;
    if (field.validity.badInput) wrong[name] = "This is no number.";
    else if (!field.validity.valid) wrong[name] = `From ${min} to ${Number(max).toLocaleString()}${name === "num_segments" ? ", whole" : ""}.`;
  }
  if (options.when === "at") {
    const at = options.run_at && new Date(options.run_at);
    if (!at || Number.isNaN(at.getTime())) wrong.run_at = "Choose a day and a time.";
    else if (at < now) wrong.run_at = "That time has passed.";
  }
  return wrong;
}
