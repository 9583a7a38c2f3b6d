// Providers' keys: entered, tried at once, tried again, forgotten. A key goes to the server and never comes back.
import { api } from "../parts/api.js";
import { confirmed, make, toastFault } from "../parts/dom.js";
import { refresh } from "../parts/navigation.js";

const SAID = {
  accepted: "It works: the key was accepted.",
  refused: "The provider refuses the key.",
  unreachable: "The provider could not be reached.",
  unclear: "The provider answered, but not in a way that tells whether the key is good. It is kept.",
};

/** Enliven the providers of a page until `signal` aborts. */
export async function mount(main, { signal }) {
  for (const form of main.querySelectorAll("[data-provider-form]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      enter(form, signal);
    }, { signal });
  }
  for (const button of main.querySelectorAll("[data-test]")) {
    button.addEventListener("click", () => again(button, signal), { signal });
  }
  for (const button of main.querySelectorAll("[data-forget]")) {
    button.addEventListener("click", () => forget(button), { signal });
  }
}

async function enter(form, signal, force = false) {
  const name = form.dataset.providerForm;
  const json = {};
  for (const field of ["api_key", "base_url"]) {
    const value = form.elements.namedItem(field)?.value.trim();
    if (value) json[field] = value;
  }
  if (!Object.keys(json).length) return say(form, "Write a key first.", "wrong");
  await busy(form, async () => {
    try {
      const kept = await api("PUT", `providers/${name}${force ? "?force=true" : ""}`, { json, signal });
      form.reset();
      badge(form, kept.verdict);
      say(form, SAID[kept.verdict] ?? "It is kept.", "ready");
    } catch (fault) {
      if (fault.name === "AbortError") return;
      say(form, `${fault.message} ${fault.hint ?? ""}`, "wrong");
      if (fault.status === 502) {
        form.querySelector(".outcome").append(" ", make("button", { type: "button", onclick: () => enter(form, signal, true) }, "Keep it untested"));
      }
    }
  });
}

async function again(button, signal) {
  const form = button.closest("form");
  await busy(form, async () => {
    try {
      const { verdict, said } = await api("POST", `providers/${button.dataset.test}/test`, { signal });
      badge(form, verdict);
      say(form, [SAID[verdict] ?? "", said].filter(Boolean).join(" "), verdict === "accepted" ? "ready" : "wrong");
    } catch (fault) {
      if (fault.name !== "AbortError") say(form, `${fault.message} ${fault.hint ?? ""}`, "wrong");
    }
  });
}

async function forget(button) {
  const question = "Forget this key?";
  if (!await confirmed(question, { yes: "Forget it", detail: "Episodes that need it cannot be made until there is another." })) return;
  try {
    await api("DELETE", `providers/${button.dataset.forget}`);
    await refresh();
  } catch (fault) {
    toastFault(fault);
  }
}

async function busy(form, work) {
  const buttons = form.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  say(form, "Asking the provider…", "");
  await work();
  for (const button of buttons) button.disabled = false;
}

function say(form, text, look) {
  const outcome = form.querySelector(".outcome");
  outcome.className = `outcome ${look ? "notice" : "quiet"} ${look === "wrong" ? "wrong" : ""}`;
  outcome.textContent = text;
}

function badge(form, verdict) {
  const shown = form.closest("details").querySelector(".badge");
  const [text, look] = { accepted: ["works", "ready"], refused: ["refuses the key", "wrong"],
    unreachable: ["not reached", "wrong"] }[verdict] ?? ["not tested", ""];
  shown.className = `badge ${look}`;
  shown.textContent = text;
}
