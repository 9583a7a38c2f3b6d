// Forms and buttons that ask the API, as their attributes say; what is wrong is told at the field that it is about.
import { api } from "./api.js";
import { confirmed, make, toast, toastFault } from "./dom.js";
import { refresh, visit } from "./navigation.js";

/**
 * Enliven `<form data-call="PATCH me">`: its fields are sent as JSON under their names, `data-said` is told, and then
 * (`data-then`) the page is read anew (`refresh`) or another one opened (`/path`). Of a field `data-as` says what it is:
 * `number` (empty: null), `list` (checkboxes of one name), `optional` (left out when empty). `after(form, answer)` is
 * called with what was answered, before that.
 */
export function forms(within, { signal, after = () => {} }) {
  for (const form of within.querySelectorAll("form[data-call]")) {
    form.noValidate = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form, event.submitter, signal, after);
    }, { signal });
  }
}

/** Enliven `<button data-call="DELETE …">`; `data-ask` (with `data-detail`, `data-yes`) asks first. Else as `forms`. */
export function calls(within, { signal, after = () => {} }) {
  for (const button of within.querySelectorAll("button[data-call]")) {
    button.addEventListener("click", async () => {
      const { ask, detail, yes } = button.dataset;
      if (ask && !await confirmed(ask, { detail, yes: yes ?? button.textContent.trim() })) return;
      button.disabled = true;
      try {
        await done(button, await call(button.dataset.call, undefined, signal), after);
      } catch (fault) {
        toastFault(fault);
      } finally {
        button.disabled = false;
      }
    }, { signal });
  }
}

/** A form's fields as JSON; see `forms`. */
function fieldsOf(form) {
  const fields = {};
  for (const field of form.elements) {
    if (!field.name || field.disabled || (field.type === "radio" && !field.checked)) continue;
    const as = field.dataset.as ?? "";
    if (as === "list") {
      fields[field.name] ??= [];
      if (field.checked) fields[field.name].push(field.value);
    } else if (field.type === "checkbox") fields[field.name] = field.checked;
    else if (as === "number") fields[field.name] = field.value === "" ? null : Number(field.value);
    else if (as !== "optional" || field.value !== "") fields[field.name] = field.value;
  }
  return fields;
}

async function send(form, submitter, signal, after) {
  clear(form);
  form.setAttribute("aria-busy", "true");
  if (submitter) submitter.disabled = true;
  try {
    await done(form, await call(form.dataset.call, fieldsOf(form), signal), after);
  } catch (fault) {
    if (fault.name !== "AbortError") tell(form, fault);
  } finally {
    form.removeAttribute("aria-busy");
    if (submitter) submitter.disabled = false;
  }
}

function call(what, json, signal) {
  const [method, path] = what.split(" ");
  return api(method, path, { json, signal });
}

async function done(element, answer, after) {
  await after(element, answer);
  const { said, then } = element.dataset;
  if (said) toast(said);
  if (then === "refresh") await refresh();
  else if (then) await visit(document.documentElement.dataset.root + then);
}

function clear(form) {
  for (const wrong of form.querySelectorAll(".wrong[data-told]")) wrong.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
}

/** Say what is wrong at the fields that it is about, else at the end of the form. */
export function tell(form, fault) {
  const errors = fault.problem?.errors ?? [];
  const known = errors.map(({ where, message }) => [form.elements.namedItem(where.split(".").at(-1)), message]);
  const told = known.filter(([field]) => field instanceof HTMLElement && field.closest(".field"));
  for (const [number, [field, message]] of told.entries()) {
    const id = `wrong-${field.id || number}`;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", id);
    field.closest(".field").append(make("p", { class: "wrong", id, "data-told": "yes" }, message));
  }
  if (told.length) told[0][0].focus();
  else {
    const words = [fault.message, fault.hint].filter(Boolean).join(" ");
    form.append(make("p", { class: "notice wrong", role: "alert", "data-told": "yes" }, words));
  }
}
