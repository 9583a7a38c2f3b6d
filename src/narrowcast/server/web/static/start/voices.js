// Choosing the voices of the two hosts: heard here, kept as one's own profile under the shipped one's name.
import { api } from "../parts/api.js";
import { make, one, toast, toastFault } from "../parts/dom.js";
import { visit } from "../parts/navigation.js";

const PROFILE = "host_and_engineer";

/** Offer the voices of all providers that are ready, until `signal` aborts. */
export async function mount(main, { signal }) {
  const form = one("#voices", main);
  const sound = new Audio();
  signal.addEventListener("abort", () => sound.pause());
  try {
    const language = (navigator.language || "en").slice(0, 2);
    const [profile, voices] = await Promise.all([
      api("GET", `speaker-profiles/${PROFILE}`, { signal }), api("GET", `voices?language=${language}`, { signal })]);
    build(form, profile, voices, sound, signal);
    keepOnTheWay(one("a.btn-go", main), form, signal);
  } catch (fault) {
    if (fault.name === "AbortError") return;
    form.replaceChildren(make("p", { class: "notice wrong", role: "alert" }, `${fault.message} ${fault.hint ?? ""}`));
  }
}

function build(form, profile, { language, items }, sound, signal) {
  const ready = items.filter((each) => each.ready && each.voices.length);
  const hosts = profile.speakers.map((speaker, index) => host(speaker, index, ready, language, sound));
  const waiting = items.filter((each) => !each.ready && each.needs).map((each) => make("li", {}, make("b", {}, each.provider), `: ${each.needs} ${each.hint}`));
  form.replaceChildren(
    ...hosts.map((each) => each.element),
    make("p", { class: "row" }, make("button", {}, "Keep these voices")),
    waiting.length ? make("details", {}, make("summary", {}, "Voices that are not here yet"), make("ul", { class: "small quiet" }, ...waiting)) : null);
  form.addEventListener("change", () => { form.dataset.changed = "yes"; }, { signal });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await keep(profile, hosts.map((each) => each.chosen()));
      delete form.dataset.changed;
      if (form.dataset.then) await visit(form.dataset.then);
      else toast("These voices speak from now on.");
    } catch (fault) {
      delete form.dataset.then;
      toastFault(fault);
    }
  }, { signal });
}

// Whoever goes on has chosen: what is not kept yet is kept first.
function keepOnTheWay(link, form, signal) {
  link.addEventListener("click", (event) => {
    if (!form.dataset.changed || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    form.dataset.then = link.href;
    form.requestSubmit();
  }, { signal });
}

function host(speaker, index, ready, language, sound) {
  const id = `voice-${index}`;
  const select = make("select", { id });
  select.append(make("option", { value: "" }, "Whichever fits best"));
  for (const { provider, voices } of ready) {
    const options = voices.slice(0, 40).map((voice) => make("option", { value: JSON.stringify([provider, voice.voice_id]) },
      [voice.name, voice.gender, voice.description].filter(Boolean).join(", ")));
    select.append(make("optgroup", { label: provider }, ...options));
  }
  const now = JSON.stringify([speaker.tts_provider, speaker.voice_id]);
  if ([...select.options].some((option) => option.value === now)) select.value = now;
  const chosen = () => (select.value ? JSON.parse(select.value) : null);
  const hear = make("button", { type: "button", "aria-label": `Hear ${speaker.name}`, disabled: !ready.length,
    onclick: () => play(hear, chosen() ?? fitting(speaker, index, ready), language, sound) }, "Hear");
  const element = make("div", { class: "host" },
    make("div", { class: "field" }, make("label", { for: id }, speaker.name), select), hear);
  return { element, chosen };
}

// The voice that speaks where none is chosen: the speaker's own at the provider that is taken by itself.
function fitting(speaker, index, ready) {
  const { provider, voices } = ready.find((each) => each.auto) ?? ready[0];
  return [provider, speaker.voices?.[provider] || (voices[index] ?? voices[0]).voice_id];
}

async function play(button, [provider, voice], language, sound) {
  button.disabled = true;
  try {
    const answer = await api("POST", "voices/sample", { json: { provider, voice_id: voice, language }, raw: true });
    URL.revokeObjectURL(sound.src);
    sound.src = URL.createObjectURL(await answer.blob());
    await sound.play();
  } catch (fault) {
    toastFault(fault);
  } finally {
    button.disabled = false;
  }
}

async function keep(profile, chosen) {
  const speakers = profile.speakers.map((speaker, index) => ({ ...speaker,
    tts_provider: chosen[index]?.[0] ?? null, voice_id: chosen[index]?.[1] ?? "" }));
  const { name, description, tts_provider: provider, tts_model: model, tts_config: config } = profile;
  const json = { name, description, tts_provider: provider, tts_model: model, tts_config: config, speakers };
  const kept = await api("GET", `speaker-profiles/${PROFILE}`);
  if (kept.shipped) await api("POST", "speaker-profiles", { json });
  else await api("PUT", `speaker-profiles/${kept.id}`, { json });
}
