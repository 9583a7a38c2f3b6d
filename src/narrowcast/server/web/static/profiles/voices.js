// Choosing a voice by ear: who there is at a provider for a language, what one that is not ready needs, and a sample.
import { api } from "../parts/api.js";
import { make, one } from "../parts/dom.js";
import { money } from "../parts/words.js";
import { valuesOf } from "./saving.js";

const FITTING = "one that fits";

/** Enliven the voices of the form's speakers. Gives `read()` (ask the server) and `fill(speaker)`. */
export function voices(form, speakers, signal) {
  const language = one("[data-language]", form);
  const sound = new Audio();
  let [known, playing, address] = [[], null, null];
  signal.addEventListener("abort", stop);
  language.addEventListener("change", read, { signal });
  form.addEventListener("change", ({ target }) => {
    if (target.name === "tts_provider") speakers().forEach(fill);
    if (target.matches("[data-voice-pick]")) one("[name=voice_id]", target.closest("[data-speaker]")).value = target.value;
    if (target.name === "voice_id") fill(target.closest("[data-speaker]"));
  }, { signal });
  form.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-hear]");
    if (button) hear(button, button.closest("[data-speaker]"));
  }, { signal });
  sound.addEventListener("ended", stop, { signal });

  async function read() {
    try {
      known = (await api("GET", `voices?language=${encodeURIComponent(language.value)}`, { signal })).items;
    } catch (fault) {
      if (fault.name === "AbortError") return;
      known = [];
      for (const speaker of speakers()) one("[data-needs]", speaker).textContent = fault.message;
      return;
    }
    speakers().forEach(fill);
  }

  function providerOf(speaker) {
    const named = one("[name=tts_provider]", speaker).value || one("section [name=tts_provider]", form).value;
    return { named, found: known.find((each) => (named === "auto" ? each.auto : each.provider === named)) };
  }

  function fill(speaker) {
    const { named, found } = providerOf(speaker);
    const chosen = one("[name=voice_id]", speaker).value.trim();
    const listed = found?.voices ?? [];
    const options = [make("option", { value: "" }, FITTING), ...listed.map((voice) => make("option", { value: voice.voice_id },
      [voice.name, voice.gender, voice.language].filter(Boolean).join(", ")))];
    if (chosen && !listed.some((voice) => voice.voice_id === chosen)) options.push(make("option", { value: chosen }, chosen));
    const pick = one("[data-voice-pick]", speaker);
    pick.replaceChildren(...options);
    pick.value = chosen;
    const needs = found ? (found.ready ? "" : [found.needs, found.hint].filter(Boolean).join(" ")) : `${named} is not known here.`;
    one("[data-needs]", speaker).textContent = needs || (named === "auto" ? `Voices of ${found.provider}, which is there now.` : "");
    one("[data-hear]", speaker).disabled = !found?.ready;
    one("[data-cost]", speaker).textContent = !found?.ready || found.sample_usd === 0 ? ""
      : found.sample_usd === null ? "A sample may cost a little, once." : `A sample costs ${money(found.sample_usd)}, once.`;
  }

  async function hear(button, speaker) {
    const again = playing === button;
    stop();
    if (again) return;
    const wrong = one("[data-sample-fault]", speaker);
    wrong.hidden = true;
    playing = button;
    one("[data-label]", button).textContent = "Getting it…";
    try {
      const order = orderOf(speaker);
      const answer = await api("POST", "voices/sample", { json: order, signal, raw: true });
      const content = await answer.blob();
      if (playing !== button) return;
      address = URL.createObjectURL(content);
      sound.src = address;
      await sound.play();
      one("[data-label]", button).textContent = "Stop";
    } catch (fault) {
      if (playing === button) stop();
      if (fault.name === "AbortError") return;
      wrong.textContent = [fault.message, fault.hint].filter(Boolean).join(" ");
      wrong.hidden = false;
    }
  }

  function orderOf(speaker) {
    const { found } = providerOf(speaker);
    const own = valuesOf(speaker);
    const shared = valuesOf(form, (field) => !field.closest("[data-speaker]") && field.name.startsWith("tts_"));
    const other = JSON.parse(speaker.dataset.other)[found.provider];
    return {
      provider: found.provider,
      voice_id: own.voice_id || other || found.voices[0].voice_id,
      language: language.value,
      model: own.tts_model || shared.tts_model || null,
      config: Object.keys(own.tts_config).length ? own.tts_config : shared.tts_config,
    };
  }

  function stop() {
    sound.pause();
    if (address) URL.revokeObjectURL(address);
    if (playing) one("[data-label]", playing).textContent = "Hear it";
    [playing, address] = [null, null];
  }

  return { read, fill };
}
