// The Make page: sources, a profile, Generate.
import { address, api } from "../parts/api.js";
import { one, toast, toastFault } from "../parts/dom.js";
import { visit } from "../parts/navigation.js";
import { giving } from "../sources/giving.js";
import { showChosen } from "./chosen.js";
import { Draft } from "./draft.js";
import { chooseEarlier } from "./earlier.js";
import { estimating } from "./estimate.js";
import { offerTelling, tellWhenReady } from "./ready.js";
import { faultsOf, optionsOf, wishOf } from "./wish.js";

const WITH_TEXT = " · the note is counted when you press";

export async function mount(main, { signal }) {
  const form = one("[data-make]", main);
  const draft = new Draft(form.dataset.user);
  begin(draft, form);
  fill(form, draft.options);
  const list = one("[data-chosen-list]", form);
  const generate = one("[data-generate]", form);
  // What was typed before this ran goes before what was typed the last time.
  one("[data-text]", form).value ||= draft.text;
  const given = giving(form, {
    signal, keepText: true, onTaken: (source) => draft.add(source),
    onText: (plain) => {
      if (draft.text === plain) return;
      draft.text = plain;
      draft.changed();
    },
  });
  const wish = () => (Object.keys(faultsOf(optionsOf(form), form)).length ? null : wishOf(draft, optionsOf(form)));
  const estimate = estimating(one("[data-estimate]", form), {
    wish, signal,
    besides: () => (draft.text.trim() && (draft.sources.length || draft.notebook) ? WITH_TEXT : ""),
    onFault: (fault) => lost(fault, draft) || atFields(form, fault),
  });
  generate.disabled = false;
  showChosen(list, draft);
  given.look();
  estimate();
  draft.addEventListener("change", () => {
    showChosen(list, draft);
    say(form, {});
    estimate();
  }, { signal });
  form.addEventListener("input", (event) => {
    if (event.target === given.text) return;
    draft.options = optionsOf(form);
    showWhen(form);
    draft.changed();
    say(form, faultsOf(draft.options, form), event.target.name);
  }, { signal });
  one("[data-earlier]", form).addEventListener("click", () => earlier(draft), { signal });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (generate.disabled) return;
    generate.disabled = true;
    try {
      await press(form, draft, given);
    } finally {
      generate.disabled = false;
    }
  }, { signal });
}

/** What the page's address chose goes into the draft once: a reload must not choose it again. */
function begin(draft, form) {
  const chosen = JSON.parse(form.dataset.chosen);
  const notebook = JSON.parse(form.dataset.notebook);
  if (chosen.length || notebook) Object.assign(draft, { sources: chosen, notebook, text: "" });
  for (const source of JSON.parse(form.dataset.added)) draft.add(source);
  draft.changed();
  if (location.search) history.replaceState(history.state, "", address("/"));
}

function fill(form, options) {
  for (const [name, value] of Object.entries(options)) {
    const field = form.elements[name];
    if (name === "review") form.elements.review.checked = value === true;
    else if (name === "when") one(`[value="now"]`, form).checked = !pickRadio(form, "when", value);
    else if (name === "episode_profile") pickRadio(form, name, value);
    else if (field && typeof value === "string") field.value = value;
  }
  showWhen(form);
  const more = Object.keys(options).some((name) => !["review", "when", "episode_profile"].includes(name));
  one(".more", form).open = more || options.review === true || (options.when ?? "now") !== "now";
}

function pickRadio(form, name, value) {
  const radio = [...form.querySelectorAll(`input[name=${name}]`)].find((each) => each.value === value);
  if (radio) radio.checked = true;
  return Boolean(radio);
}

function showWhen(form) {
  one("[data-at]", form).hidden = form.elements.when.value !== "at";
}

async function earlier(draft) {
  const chosen = await chooseEarlier(draft.sources.map((source) => source.id));
  if (!chosen) return;
  if (chosen.sources) chosen.sources.forEach((source) => draft.add(source));
  if (chosen.notebook) {
    try {
      const inside = await api("GET", `notebooks/${chosen.notebook.id}/sources?limit=50`);
      draft.notebook = { id: chosen.notebook.id, name: chosen.notebook.name, source_ids: inside.items.map((each) => each.id) };
      draft.changed();
    } catch (fault) {
      toastFault(fault);
    }
  }
}

let pressed = { body: "", key: "" };

/** Ask for the episode. The same wish pressed again has the same key, and so is made once. */
async function press(form, draft, given) {
  const options = optionsOf(form);
  const wrong = faultsOf(options, form);
  say(form, wrong);
  if (Object.keys(wrong).length) {
    one(".more", form).open = true;
    form.elements[Object.keys(wrong)[0]]?.focus();
    return;
  }
  const pending = () => form.querySelectorAll(".chip.coming").length;
  if (pending()) return say(form, { "": "Something is still being read. Press again when it is there." });
  const links = !draft.text && given.text.value.trim();
  if ((links || draft.sources.length || draft.notebook) && !(await given.flush())) return;
  const wish = wishOf(draft, options);
  if (!wish) {
    say(form, { "": "There is nothing to read yet. Drop a file, paste a link, or write a note." });
    given.text.focus();
    return;
  }
  const body = JSON.stringify(wish);
  if (pressed.body !== body) pressed = { body, key: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` };
  try {
    const job = await api("POST", "podcasts/generate", { json: wish, headers: { "Idempotency-Key": pressed.key } });
    pressed = { body: "", key: "" };
    draft.clear();
    given.text.value = "";
    tellWhenReady(job);
    await visit(address(`/episodes/${job.episode_id}`));
    offerTelling();
  } catch (fault) {
    // What was refused may be pressed again; what was not answered may have been done.
    if (fault.status && fault.status !== 409) pressed = { body: "", key: "" };
    if (!lost(fault, draft) && !atFields(form, fault)) say(form, { "": [fault.message, fault.hint].filter(Boolean).join(" ") });
  }
}

/** Sources that are gone meanwhile are left out, and told; whether that was it. */
function lost(fault, draft) {
  const id = fault.status === 404 && /There is no source ([0-9a-f-]{36})/.exec(fault.message)?.[1];
  const gone = id && draft.sources.find((source) => source.id === id);
  if (gone) {
    toast(`${gone.title} was deleted, and is left out.`);
    draft.remove(id);
    return true;
  }
  if (fault.status === 404 && draft.notebook) {
    toast(`The notebook ${draft.notebook.name} was deleted, and is left out.`);
    draft.notebook = null;
    draft.changed();
    return true;
  }
  return false;
}

/** Show what the API says of single fields at these; whether it was about any. */
function atFields(form, fault) {
  const wrong = {};
  for (const { where, message } of fault.problem.errors ?? []) {
    const name = where.split(".").find((part) => form.querySelector(`[data-wrong="${CSS.escape(part)}"]`));
    if (name) wrong[name] = `${message[0].toUpperCase()}${message.slice(1)}.`;
  }
  if (/profile/i.test(fault.message) && !Object.keys(wrong).length) wrong.episode_profile = [fault.message, fault.hint].join(" ");
  if (/minutes are more/.test(fault.message)) wrong.minutes = fault.hint;
  if (!Object.keys(wrong).length) return false;
  if (!wrong.episode_profile) one(".more", form).open = true;
  say(form, wrong);
  return true;
}

/** Say at each field what is wrong with it, and nothing at the others; with `only`, of that one. */
function say(form, wrong, only = null) {
  for (const place of form.querySelectorAll("[data-wrong]")) {
    const { wrong: name } = place.dataset;
    if (only !== null && name !== only && !(name in wrong)) continue;
    const said = wrong[name] ?? "";
    place.textContent = said;
    place.hidden = !said;
    const field = name && form.elements[name];
    if (field?.setAttribute) field.setAttribute("aria-invalid", String(Boolean(said)));
  }
}
