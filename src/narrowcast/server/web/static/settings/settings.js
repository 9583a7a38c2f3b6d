// Settings: forms that ask the API; secrets that are shown once; the look.
import { api } from "../parts/api.js";
import { confirmed, make, toast, toastFault } from "../parts/dom.js";
import { calls, forms, tell } from "../parts/forms.js";
import { refresh } from "../parts/navigation.js";
import { chosenTheme, chooseTheme } from "../parts/theme.js";
import { times } from "../parts/times.js";

/** Enliven whichever part of the settings is shown, until `signal` aborts. */
export async function mount(main, { signal }) {
  times(main);
  forms(main, { signal, after });
  calls(main, { signal, after });
  themes(main, signal);
  leave(main, signal);
  signOut(main, signal);
  push(main, signal);
}

function after(element, answer) {
  if (element.dataset.tells === "test") told(element, answer);
  if (element.dataset.tells === "token") secret(element, answer);
}

function told(element, { delivered, note, answer_code: code }) {
  const outcome = element.closest("form").querySelector(".outcome");
  outcome.className = `outcome notice ${delivered ? "" : "wrong"}`;
  outcome.textContent = delivered ? `It arrived${code ? `, answered by ${code}` : ""}.` : note || "It did not arrive.";
}

/** Shown once: until the page is left. */
function secret(element, { token, secret: signing }) {
  const form = element.closest("form");
  const place = form.querySelector(".secret");
  const value = token ?? signing;
  if (element === form) form.reset();
  const shown = make("input", { readOnly: true, value, "aria-label": "The secret", class: "mono" });
  const copied = async () => {
    await navigator.clipboard.writeText(value).then(() => toast("Copied."), () => shown.select());
  };
  place.replaceChildren(
    make("p", { class: "notice" }, "This is shown now and never again: copy it."),
    make("p", { class: "row" }, make("button", { type: "button", onclick: copied }, "Copy it"),
      make("button", { type: "button", class: "btn-ghost", onclick: () => refresh() }, "I have it")), shown);
  place.className = "secret stack";
  place.hidden = false;
  shown.focus();
  shown.select();
}

function themes(main, signal) {
  for (const choice of main.querySelectorAll("#themes input")) {
    choice.checked = choice.value === chosenTheme();
    choice.addEventListener("change", () => chooseTheme(choice.value), { signal });
  }
}

function leave(main, signal) {
  const form = main.querySelector("#delete-me");
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const question = "Delete everything of yours, for good?";
    if (!await confirmed(question, { yes: "Delete it all", detail: "There is no way back." })) return;
    try {
      await api("DELETE", `me?confirm=${encodeURIComponent(form.elements.confirm.value)}`);
      location.assign(`${document.documentElement.dataset.root}/sign-in`);
    } catch (fault) {
      tell(form, fault);
    }
  }, { signal });
}

/** What was heard last is told while the server still knows who says so: signing out empties the browser. */
function signOut(main, signal) {
  const form = main.querySelector("#sign-out");
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const [{ player }, { tellAll }] = await Promise.all([import("../player/player.js"), import("../listening/outbox.js")]);
      player.pause();
      await tellAll();
    } finally {
      // From here on nobody listens: a page that is left writes down what was on, after the browser was emptied.
      delete document.documentElement.dataset.user;
      form.submit();
    }
  }, { signal });
}

async function push(main, signal) {
  const on = main.querySelector("#push-on");
  if (!on) return;
  const off = main.querySelector("#push-off");
  const said = main.querySelector("#push-said");
  const pushing = import("../offline/push.js");
  const show = async () => {
    const { pushState } = await pushing;
    const told = (await pushState().catch(() => "off")) === "on";
    on.hidden = told;
    off.hidden = !told;
  };
  const does = (button, act, words) => button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await act(await pushing);
      said.textContent = words;
    } catch (fault) {
      toastFault(fault);
    } finally {
      button.disabled = false;
      await show();
    }
  }, { signal });
  does(on, (module) => module.registerPush(), "This device is told from now on.");
  does(off, (module) => module.unregisterPush(), "This device is told nothing more.");
  await show();
}
