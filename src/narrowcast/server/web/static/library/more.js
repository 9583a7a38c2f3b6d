// More of the shelf: the link's page is read, and what stands there put behind what stands here.
import { make } from "../parts/dom.js";
import { pageAt } from "../parts/navigation.js";

const MOST = 240; // cards that the server brings back at once, for whoever returns here

/** Have the link `[data-more]` lengthen the shelf instead of leading away. */
export function more(shelf, main, { signal }) {
  main.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-more]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (link.getAttribute("aria-busy")) return;
    link.setAttribute("aria-busy", "true");
    const page = await pageAt(link.href, signal).catch(() => null);
    if (signal.aborted) return;
    link.removeAttribute("aria-busy");
    const cards = page ? [...page.querySelectorAll("[data-shelf] > li")] : [];
    if (!cards.length) {
      link.after(make("span", { class: "quiet", role: "alert" }, "More cannot be had now. Try again in a moment."));
      return;
    }
    link.parentElement.querySelector("[role=alert]")?.remove();
    const known = new Set([...shelf.children].map((card) => card.dataset.episode));
    const added = cards.filter((card) => !known.has(card.dataset.episode)).map((card) => document.importNode(card, true));
    shelf.append(...added);
    added[0]?.querySelector("h3 a").focus({ preventScroll: true });
    remember(shelf.children.length);
    const following = page.querySelector("a[data-more]");
    if (following) link.href = following.getAttribute("href");
    else link.parentElement.remove();
  }, { signal });
}

/** Whoever comes back finds as many cards as they left. */
function remember(count) {
  const here = new URL(location.href);
  if (here.searchParams.has("cursor")) return;
  here.searchParams.set("shown", String(Math.min(count, MOST)));
  history.replaceState(history.state, "", here);
}
