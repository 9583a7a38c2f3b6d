// Making elements: text is always text. Nothing here, and nothing elsewhere, reads HTML from a string.
const staticRoot = document.documentElement.dataset.static;

/** The first element in `within` that fits `selector`; throws where there is none. */
export function one(selector, within = document) {
  const found = within.querySelector(selector);
  if (!found) throw new Error(`There is no ${selector} here.`);
  return found;
}

/** A new element: `properties` are set on it (`class`, `data-…`, `aria-…` and the like as attributes), `children` put in. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.includes("-") || ["class", "role", "for"].includes(name)) element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** One of the drawings in look/icons.svg. */
export function icon(name, size = 20) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const drawn = {
    width: size, height: size, "aria-hidden": "true", fill: "none", stroke: "currentColor",
    "stroke-width": 2, "stroke-linecap": "round", "stroke-linejoin": "round",
  };
  for (const [key, value] of Object.entries(drawn)) svg.setAttribute(key, value);
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${staticRoot}look/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** A copy of the `<template id>` in the page. */
export function copy(id) {
  return one(`template#${id}`).content.firstElementChild.cloneNode(true);
}

/** Say something short where it does not get in the way; `action` is `{ title, run }`. It stays while one is at it. */
export function toast(text, { action, seconds = action ? 12 : 6 } = {}) {
  const shown = make("div", { class: "toast" }, make("span", {}, text));
  const go = () => shown.remove();
  if (action) {
    shown.append(make("button", { type: "button", onclick: () => { go(); action.run(); } }, action.title));
  }
  const later = () => setTimeout(() => (shown.matches(":hover, :focus-within") ? later() : go()), seconds * 1000);
  toasts().append(shown);
  later();
}

// What lies below an open dialog is neither seen nor read aloud: there it has a place of its own.
function toasts() {
  const dialog = [...document.querySelectorAll("dialog:modal")].at(-1);
  if (!dialog) return one(".toasts");
  const own = dialog.querySelector(":scope > .toasts");
  if (own) return own;
  const made = make("div", { class: "toasts", role: "status" });
  dialog.append(made);
  return made;
}

/** Say what went wrong, in the words of a Fault. */
export function toastFault(fault) {
  if (fault.name === "AbortError") return;
  toast([fault.message, fault.hint].filter(Boolean).join(" "), { seconds: 12 });
}

/** Ask for a yes in a dialog; true when it was given. */
export async function confirmed(question, { yes = "Yes", no = "Cancel", detail = "" } = {}) {
  const dialog = make("dialog", { "aria-label": question },
    make("form", { method: "dialog", class: "stack" },
      make("h2", {}, question),
      detail && make("p", { class: "quiet" }, detail),
      make("div", { class: "row" },
        make("button", { value: "yes", class: "btn-danger" }, yes),
        make("button", { value: "no", class: "btn-ghost", autofocus: true }, no))));
  document.body.append(dialog);
  dialog.showModal();
  await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
  dialog.remove();
  return dialog.returnValue === "yes";
}
