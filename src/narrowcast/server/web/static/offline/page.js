// The page of what is kept on this device; it is also shown in place of any page that cannot be had without a network.
import { address, api } from "../parts/api.js";
import { icon, make, one } from "../parts/dom.js";
import { bytes, count, span } from "../parts/words.js";
import { drop, keep, kept } from "./offline.js";
import { able } from "./worker_page.js";

/** See parts/navigation.js. */
export async function mount(main, { signal }) {
  const show = () => render(main, signal);
  document.addEventListener("kept", show, { signal });
  addEventListener("online", show, { signal });
  addEventListener("offline", show, { signal });
  one("[data-again]", main).addEventListener("click", () => location.reload(), { signal });
  await show();
}

async function render(main, signal) {
  const away = !navigator.onLine || !location.pathname.endsWith("/offline");
  one("[data-away]", main).hidden = !away;
  one("[data-again]", main).hidden = location.pathname.endsWith("/offline");
  one("[data-unable]", main).hidden = able;
  const all = await kept();
  if (signal.aborted) return;
  one("[data-empty]", main).hidden = all.length > 0 || !able;
  const list = one("[data-list]", main);
  list.replaceChildren(...all.map(row));
  one("[data-room]", main).textContent = all.length ? await room(all) : "";
  if (navigator.onLine) await compare(all, list, signal);
}

function row(of) {
  const to = address(`/episodes/${of.episodeId}`);
  const told = [of.duration && span(of.duration), bytes(of.bytes), `rendering ${of.revision}`].filter(Boolean).join(" · ");
  return make("li", { class: "kept-row", "data-episode": of.episodeId },
    make("img", { class: "cover", src: address(`/api/v1/podcasts/${of.episodeId}/cover.jpg?size=160`), alt: "", width: 64, height: 64 }),
    make("div", {},
      make("h2", {}, make("a", { href: to }, of.title)),
      make("p", { class: "quiet small num" }, told)),
    make("div", { class: "row kept-acts" },
      make("button", { type: "button", class: "btn-icon", "data-play": of.episodeId, "aria-label": `Play ${of.title}` }, icon("play")),
      make("button", { type: "button", class: "btn-icon", "aria-label": `Remove ${of.title} from this device`, onclick: () => drop(of.episodeId) }, icon("trash-2"))));
}

async function room(all) {
  const total = all.reduce((sum, of) => sum + of.bytes, 0);
  const { quota, usage } = (await navigator.storage?.estimate?.()) || {};
  const free = quota === undefined ? "" : `, ${bytes(quota - usage)} free`;
  return `${count(all.length, "episode")}, ${bytes(total)}${free}.`;
}

/** Where the server has a newer rendering, or the episode is gone there, say so. */
async function compare(all, list, signal) {
  for (const of of all) {
    const told = await api("GET", `podcasts/${of.episodeId}`, { signal }).catch(() => null);
    if (signal.aborted) return;
    if (!told || told.revision <= of.revision) continue;
    const acts = list.querySelector(`[data-episode="${of.episodeId}"] .kept-acts`);
    acts?.prepend(make("button", { type: "button", onclick: () => keep(of.episodeId) }, "Keep the newer rendering"));
  }
}
