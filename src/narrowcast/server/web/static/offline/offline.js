// Keeping episodes on this device, for every page: `keep`, `drop`, `kept`, and any `<button data-keep="EPISODE_ID">`.
// Such a button says how things stand; `data-revision`, where it has one, is the newest rendering there is.
import { toast, toastFault } from "../parts/dom.js";
import { dropEpisode, keepEpisode } from "./keeping.js";
import { notes } from "./stored.js";
import { able } from "./worker_page.js";

const going = new Map(); // episode id → how much of it is here, while it is being kept

/** What is kept on this device: `{ episodeId, title, revision, bytes, duration, keptAt }` each, the newest first. */
export async function kept() {
  return able ? notes() : [];
}

/** Keep an episode. Says in words what came of it; true when it is kept. */
export async function keep(episodeId) {
  if (going.has(episodeId)) return false;
  going.set(episodeId, 0);
  try {
    await showAll();
    const one = await keepEpisode(episodeId, {
      onShare: (share) => {
        going.set(episodeId, share);
        for (const button of buttons(episodeId)) say(button, null);
      },
    });
    toast(`“${one.title}” is kept on this device.`);
    return true;
  } catch (fault) {
    toastFault(fault);
    return false;
  } finally {
    going.delete(episodeId);
    await changed();
  }
}

/** Remove an episode from this device. */
export async function drop(episodeId) {
  await dropEpisode(episodeId);
  toast("It is not kept on this device any more.", { action: { title: "Keep it again", run: () => keep(episodeId) } });
  await changed();
}

/** Enliven the buttons of this page and of those to come. */
export function begin() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-keep]");
    if (!button || event.defaultPrevented) return;
    const one = (await kept()).find((found) => found.episodeId === button.dataset.keep);
    if (one && !isOlder(one, button)) drop(button.dataset.keep);
    else keep(button.dataset.keep);
  });
  document.addEventListener("page", showAll);
  new MutationObserver((changes) => {
    const came = changes.some((change) => [...change.addedNodes].some((node) => node.nodeType === 1
      && (node.matches("button[data-keep]") || node.querySelector("button[data-keep]"))));
    if (came) showAll();
  }).observe(document.body, { childList: true, subtree: true });
  showAll();
}

async function changed() {
  await showAll();
  document.dispatchEvent(new CustomEvent("kept"));
}

async function showAll() {
  if (!document.querySelector("button[data-keep]")) return;
  const all = await kept();
  for (const button of buttons()) say(button, all.find((one) => one.episodeId === button.dataset.keep));
}

function buttons(episodeId = null) {
  return [...document.querySelectorAll("button[data-keep]")].filter((one) => !episodeId || one.dataset.keep === episodeId);
}

function say(button, one) {
  const share = going.get(button.dataset.keep);
  const label = button.querySelector("[data-label]") || button;
  button.toggleAttribute("aria-busy", share !== undefined);
  if (share !== undefined) button.setAttribute("aria-busy", "true");
  if (one !== null) button.setAttribute("aria-pressed", String(Boolean(one)));
  const words = share !== undefined ? `Keeping, ${Math.floor(share * 100)} %`
    : one ? (isOlder(one, button) ? "Keep the newer rendering" : "Kept on this device") : "Keep offline";
  if (label.textContent !== words) label.textContent = words;
}

function isOlder(one, button) {
  return Number(button.dataset.revision || 0) > one.revision;
}
