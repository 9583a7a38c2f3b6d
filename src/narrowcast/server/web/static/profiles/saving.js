// Saving a profile: what the form holds goes in place of what the server has; faults are told at the fields.
import { api } from "../parts/api.js";
import { make, toast } from "../parts/dom.js";
import { visit } from "../parts/navigation.js";

const root = document.documentElement.dataset.root;

/** A fault of the form itself, at one of its fields. */
class FieldFault extends Error {
  constructor(field, message) {
    super(message);
    this.field = field;
  }
}

/** The values of the fields in `within` that `of` takes, by their names. Throws FieldFault. */
export function valuesOf(within, of = () => true) {
  const values = {};
  for (const field of within.querySelectorAll("[name]")) {
    if (of(field)) values[field.name] = valueOf(field);
  }
  return values;
}

function valueOf(field) {
  const text = field.value.trim();
  if (field.type === "checkbox") return field.checked;
  switch (field.dataset.as) {
    case "number": return text === "" ? null : Number(text);
    case "whole": return Number(text);
    case "optional": return text || null;
    case "json": return jsonOf(field, text);
    case "lexicon": return lexiconOf(field, text);
    default: return field.name.endsWith("_model") ? text || null : text;
  }
}

function jsonOf(field, text) {
  if (!text) return {};
  try {
    const value = JSON.parse(text);
    if (value && typeof value === "object" && !Array.isArray(value)) return value;
  } catch {
    // Told below, as for what is no object.
  }
  throw new FieldFault(field, 'This is no JSON object. It should look like {"speed": 1.1}.');
}

function lexiconOf(field, text) {
  const words = {};
  for (const line of text.split("\n").filter((one) => one.trim())) {
    const at = line.indexOf("=");
    if (at < 1 || !line.slice(at + 1).trim()) throw new FieldFault(field, `“${line.trim()}” should look like: nginx = engine x`);
    words[line.slice(0, at).trim()] = line.slice(at + 1).trim();
  }
  return words;
}

/**
 * Enliven the form: `bodyOf()` gives its fields, `fieldAt(path)` the field that an error's path (["speakers", "0", "name"])
 * is about, or null. What the form does not show of a profile stays as it is.
 */
export function saves(form, { bodyOf, fieldAt, signal }) {
  form.noValidate = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clear(form);
    const button = event.submitter ?? form.querySelector(".btn-go");
    button.disabled = true;
    try {
      await save(form, bodyOf(), signal);
    } catch (fault) {
      if (fault.name !== "AbortError") tell(form, fault, fieldAt);
    } finally {
      button.disabled = false;
    }
  }, { signal });
}

async function save(form, body, signal) {
  const { profile: kind, below, id, etag } = form.dataset;
  if (!etag) {
    await api("POST", kind, { json: body, signal });
    toast(`“${body.name}” is made.`);
    return visit(`${root}/profiles`);
  }
  const place = `${kind}/${encodeURIComponent(id)}`;
  const now = await api("GET", place, { signal });
  const json = { ...(now.body ? {} : now), ...body };
  const answer = await api("PUT", place, { json, headers: { "If-Match": etag }, signal });
  toast(answer.copied_from ? `“${answer.name}” is now your own copy; the shipped one stays.` : `“${answer.name}” is saved.`);
  return visit(`${root}/profiles/${below}/${encodeURIComponent(answer.id)}`, { replace: true });
}

function clear(form) {
  for (const told of form.querySelectorAll("[data-told]")) told.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

function tell(form, fault, fieldAt) {
  const errors = fault instanceof FieldFault ? [[fault.field, fault.message]]
    : (fault.problem?.errors ?? []).map(({ where, message }) => [fieldAt(where.split(".").slice(1)), message]);
  const told = errors.filter(([field]) => field);
  for (const [field, message] of told) {
    field.setAttribute("aria-invalid", "true");
    for (let open = field.closest("details"); open; open = open.parentElement.closest("details")) open.open = true;
    field.closest(".field").append(make("p", { class: "wrong", role: "alert", "data-told": "yes" }, message));
  }
  if (told.length) {
    told[0][0].focus();
    return;
  }
  const words = fault.status === 412 ? "It was changed elsewhere meanwhile. Open it again, then make your change."
    : [fault.message, fault.hint].filter(Boolean).join(" ");
  form.querySelector(".acts").before(make("p", { class: "notice wrong", role: "alert", "data-told": "yes" }, words));
}
