// The form of an episode profile.
import { one } from "../parts/dom.js";
import { saves, valuesOf } from "./saving.js";

/** See parts/navigation.js. */
export async function mount(main, { signal }) {
  const form = one("form[data-profile]", main);
  saves(form, { bodyOf: () => valuesOf(form), fieldAt: ([name]) => form.querySelector(`[name="${CSS.escape(name ?? "")}"]`), signal });
}
