// Moving between pages of this server: <main> is exchanged, everything else stays, and so what plays goes on playing.
// A page names its module in `data-module`; it is mounted with <main> and a signal that aborts when the page is left.
import { hears, holdEarlyPresses } from "./early.js";

const root = document.documentElement.dataset.root;
const staticRoot = document.documentElement.dataset.static;
const NOT_PAGES = /^\/((api|static|audio|sign-out)(\/|$)|feeds\/)/;
// The only place that reads HTML from a string: pages of this server, which come whole and are parsed without running.
const parsing = globalThis.trustedTypes?.createPolicy("pages", { createHTML: (text) => text });
let leaving = new AbortController();
let coming = null;
let held = null; // what had the focus last

/** Go to a page of this server. `again` is the page that is shown: who reads in it stays where they are. */
export async function visit(url, { replace = false, back = null, again = false } = {}) {
  coming?.abort();
  const mine = (coming = new AbortController());
  const to = new URL(url, location.href);
  document.documentElement.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(to, { headers: { Accept: "text/html" }, signal: mine.signal });
    const kind = answer.headers.get("content-type") || "";
    const at = new URL(answer.url);
    if (!kind.startsWith("text/html") || at.origin !== location.origin || isSignIn(at)) return location.assign(to);
    const page = parsed(await answer.text());
    if (!page.querySelector("main[data-page]") || page.documentElement.dataset.static !== staticRoot) {
      return location.assign(to);
    }
    const wanted = await bringStyles(page);
    if (mine.signal.aborted) return undefined;
    at.hash = to.hash;
    if (!back) {
      history.replaceState({ ...history.state, scroll: scrollY }, "");
      history[replace ? "replaceState" : "pushState"]({}, "", at);
    }
    show(page, wanted, back, again);
  } catch (error) {
    if (error.name !== "AbortError") location.assign(to);
  } finally {
    if (coming === mine) document.documentElement.removeAttribute("aria-busy");
  }
  return undefined;
}

/** The page at `url` as a document of its own, to take parts of; null where it cannot be had just so. */
export async function pageAt(url, signal) {
  const answer = await fetch(url, { headers: { Accept: "text/html" }, signal });
  const page = answer.ok && (answer.headers.get("content-type") || "").startsWith("text/html") && parsed(await answer.text());
  return page && page.documentElement.dataset.static === staticRoot ? page : null;
}

function parsed(text) {
  return new DOMParser().parseFromString(parsing ? parsing.createHTML(text) : text, "text/html");
}

/** Read the page that is shown anew. */
export function refresh() {
  return visit(location.href, { replace: true, again: true });
}

/** Take care of links, of back and forward, and of the page that came first. */
export function begin() {
  history.scrollRestoration = "manual";
  holdEarlyPresses();
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("focusin", (event) => { held = event.target; });
  addEventListener("popstate", (event) => visit(location.href, { back: event.state ?? {} }));
  mount();
}

function onClick(event) {
  const link = event.target.closest("a[href]:not([data-play])");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
    return;
  }
  if (link.target || link.hasAttribute("download") || link.dataset.whole !== undefined || !isPage(new URL(link.href))) return;
  const to = new URL(link.href);
  if (to.hash && to.pathname === location.pathname && to.search === location.search) return;
  event.preventDefault();
  visit(to);
}

function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "get" || form.target || !isPage(new URL(form.action))) return;
  event.preventDefault();
  const to = new URL(form.action);
  to.search = new URLSearchParams([...new FormData(form, event.submitter)].filter(([, value]) => value !== ""));
  visit(to);
}

function isPage(url) {
  return url.origin === location.origin && url.pathname.startsWith(root) && !NOT_PAGES.test(url.pathname.slice(root.length));
}

function isSignIn(url) {
  return url.pathname.slice(root.length).startsWith("/sign-in");
}

// A page's own stylesheets hold for it alone: those of a page that is left stay at hand, and out of use.
const sheets = () => [...document.head.querySelectorAll("link[rel=stylesheet]")];

async function bringStyles(page) {
  const wanted = [...page.head.querySelectorAll("link[rel=stylesheet]")].map((link) => new URL(link.getAttribute("href"), location.href).href);
  const have = new Set(sheets().map((link) => link.href));
  await Promise.all(wanted.filter((href) => !have.has(href)).map((href) => new Promise((done) => {
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", href, media: "not all", onload: done, onerror: done });
    document.head.append(link);
  })));
  return new Set(wanted);
}

function show(page, wanted, back, again) {
  leaving.abort();
  leaving = new AbortController();
  document.title = page.title;
  const before = document.querySelector("main");
  const [left, y] = [before.contains(held) ? held : null, scrollY];
  const main = document.importNode(page.querySelector("main"), true);
  before.replaceWith(main);
  for (const link of sheets()) link.media = wanted.has(link.href) ? "all" : "not all";
  for (const link of document.querySelectorAll("[data-place]")) {
    if (link.dataset.place === main.dataset.page) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const mounted = mount();
  if (again) stay(main, left, y, mounted);
  else arrive(main, back);
  document.dispatchEvent(new CustomEvent("page", { detail: { main } }));
}

// Another page: its beginning has the focus, and its title is told to who does not see it.
function arrive(main, back) {
  main.focus({ preventScroll: true });
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && !back) target.scrollIntoView();
  else scrollTo(0, back?.scroll ?? 0);
  document.querySelector("#announced").textContent = document.title;
}

// The same page: whoever was at something is at it again, once it is there.
async function stay(main, left, y, mounted) {
  const look = () => {
    const same = left && sameIn(main, left);
    if (same) same.focus({ preventScroll: true });
    else if (left) main.focus({ preventScroll: true });
    scrollTo(0, y);
    return same;
  };
  if (look() || !left) return;
  await mounted;
  if (document.activeElement === main && scrollY <= y) look();
}

function sameIn(main, old) {
  if (old.id) return main.querySelector(`#${CSS.escape(old.id)}`);
  const named = (element) => element.getAttribute("aria-label") ?? element.textContent.trim();
  return [...main.querySelectorAll(old.localName)].find((each) => each.name === old.name && named(each) === named(old));
}

async function mount() {
  const main = document.querySelector("main");
  const { signal } = leaving;
  if (!main.dataset.module) return;
  let mounted;
  try {
    const module = await import(staticRoot + main.dataset.module);
    if (signal.aborted) return;
    mounted = module.mount(main, { signal });
  } finally {
    // Whatever it waits for then: it hears presses from its first moment on.
    hears(main);
  }
  await mounted;
  main.dataset.mounted = "yes";
}
