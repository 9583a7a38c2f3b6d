// How many messages are not read, beside the bell: looked at when a page is opened, twice a minute at most.
import { api } from "../parts/api.js";

const EVERY_MS = 30_000;
let looked = -Infinity;

/** Look at it from now on. */
export function beginUnread() {
  if (!document.querySelector("#unread")) return;
  document.addEventListener("page", () => countUnread());
  document.addEventListener("visibilitychange", () => { if (!document.hidden) countUnread(); });
  countUnread();
}

/** Look now, or only where the last look is long ago. */
export async function countUnread({ now = false } = {}) {
  const shown = document.querySelector("#unread");
  if (!shown || (!now && performance.now() - looked < EVERY_MS)) return;
  looked = performance.now();
  try {
    const { unread } = await api("GET", "inbox?limit=1&unread=true");
    shown.textContent = unread > 99 ? "99+" : unread;
    shown.hidden = !unread;
    shown.closest("a").setAttribute("aria-label", unread ? `Inbox, ${unread} not read` : "Inbox");
  } catch {
    // It is only a number: the next page looks again.
  }
}
