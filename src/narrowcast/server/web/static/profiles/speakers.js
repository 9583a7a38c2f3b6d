// The form of a speaker profile: one to four speakers, each with a voice that can be heard first.
import { copy, one } from "../parts/dom.js";
import { saves, valuesOf } from "./saving.js";
import { voices } from "./voices.js";

/** See parts/navigation.js. */
export async function mount(main, { signal }) {
  const form = one("form[data-profile]", main);
  const list = one("[data-speakers]", form);
  const all = () => [...list.querySelectorAll("[data-speaker]")];
  const heard = voices(form, all, signal);
  let made = all().length;

  const add = one("[data-add]", form);
  add.addEventListener("click", () => {
    const speaker = numbered(copy("speaker"), (made += 1));
    list.append(speaker);
    arrange();
    heard.fill(speaker);
    one("[name=name]", speaker).focus();
  }, { signal });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove]");
    if (!button) return;
    button.closest("[data-speaker]").remove();
    arrange();
    (all()[0]?.querySelector("[name=name]") ?? add).focus();
  }, { signal });
  list.addEventListener("input", ({ target }) => {
    if (target.name === "name") named(target.closest("[data-speaker]"), target.value.trim());
  }, { signal });

  function arrange() {
    for (const [at, speaker] of all().entries()) {
      speaker.dataset.voice = String(at + 1);
      one("legend", speaker).textContent = `Speaker ${at + 1}`;
      one("[data-remove]", speaker).hidden = all().length === 1;
    }
    add.hidden = all().length >= Number(form.dataset.most);
  }

  saves(form, {
    bodyOf: () => ({
      ...valuesOf(form, (field) => !field.closest("[data-speaker]")),
      speakers: all().map((speaker) => ({ ...valuesOf(speaker), voices: JSON.parse(speaker.dataset.other) })).map(trimmed),
    }),
    fieldAt: ([name, at, inner]) => (name === "speakers" && inner
      ? all()[Number(at)]?.querySelector(`[name="${CSS.escape(inner)}"]`) ?? null
      : form.querySelector(`section [name="${CSS.escape(name ?? "")}"]`)),
    signal,
  });
  arrange();
  await heard.read();
}

/** A speaker's own settings are left out where there are none: an empty set would stand before the profile's. */
function trimmed({ tts_config: config, ...rest }) {
  return Object.keys(config).length ? { ...rest, tts_config: config } : { ...rest, tts_config: null };
}

function named(speaker, name) {
  one("[data-title]", speaker).textContent = name || "New speaker";
  one("[data-remove]", speaker).setAttribute("aria-label", `Remove ${name || "this speaker"}`);
  one("[data-initial]", speaker).textContent = (name || "?").slice(0, 1).toUpperCase();
}

/** The template's ids end in 9, which no other speaker of the page has. */
function numbered(speaker, number) {
  for (const name of ["id", "for", "aria-describedby"]) {
    for (const element of speaker.querySelectorAll(`[${name}]`)) {
      element.setAttribute(name, element.getAttribute(name).replace(/-9(?=-hint$|$)/, `-n${number}`));
    }
  }
  return speaker;
}
