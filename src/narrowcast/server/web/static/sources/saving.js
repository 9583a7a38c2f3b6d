// The page of the bookmark: one button, pressed once.
import { one } from "../parts/dom.js";

export function mount(main, { signal }) {
  const form = main.querySelector("[data-saving]");
  if (!form) return;
  form.addEventListener("submit", (event) => {
    const button = one("button", form);
    if (button.disabled) return event.preventDefault();
    button.disabled = true;
    one("[data-state]", form).textContent = "Reading it. This page goes on by itself.";
    return undefined;
  }, { signal });
}
