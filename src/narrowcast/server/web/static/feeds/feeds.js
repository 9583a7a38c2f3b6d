// The page of one's feeds: making one, copying its address, giving it another, revoking it.
import { api } from "../parts/api.js";
import { toast, toastFault } from "../parts/dom.js";
import { calls } from "../parts/forms.js";
import { refresh } from "../parts/navigation.js";
import { times } from "../parts/times.js";

export async function mount(main, { signal }) {
  times(main);
  calls(main, { signal });
  main.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.new !== undefined) begin(button, signal);
    if (button?.dataset.copy !== undefined) copyAddress(button);
  }, { signal });
  for (const field of main.querySelectorAll("[data-url]")) {
    field.addEventListener("focus", () => field.select(), { signal });
  }
}

async function begin(button, signal) {
  button.disabled = true;
  try {
    await api("POST", "feeds", { json: { tag: button.dataset.new || null }, signal });
    await refresh();
  } catch (fault) {
    toastFault(fault);
    button.disabled = false;
  }
}

async function copyAddress(button) {
  const field = button.parentElement.querySelector("[data-url]");
  try {
    await navigator.clipboard.writeText(field.value);
    toast("The address is copied.");
  } catch {
    // Browsers let pages write there by https only, or on this machine.
    field.focus();
    field.select();
    toast("The address is selected: copy it with your keyboard, or hold it.");
  }
}
