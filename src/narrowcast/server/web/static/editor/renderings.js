// The renderings of the episode: all can be played, and the script of each can be had again.
import { api } from "../parts/api.js";
import { icon, make, toastFault } from "../parts/dom.js";
import { clock, count } from "../parts/words.js";
import { playRendering } from "./playing.js";

/** What was changed, in words. */
export function changesIn(changes) {
  if (!changes) return "";
  const said = [
    changes.changed && `${count(changes.changed, "line")} changed`,
    changes.added && `${changes.added} added`,
    changes.removed && `${changes.removed} deleted`,
    changes.reordered && "another order",
    changes.retitled && "other titles",
  ].filter(Boolean);
  return said.join(", ") || "the same words";
}

/** Fill `element` with the renderings. `onRestore(script, number)` is given an earlier script; gives what is not rendered yet. */
export async function showRenderings(element, { episodeId, onRestore, signal }) {
  const told = await api("GET", `podcasts/${episodeId}/revisions`, { signal });
  element.replaceChildren(...told.items.map((each, at) => row(each, at === 0)));
  return told;

  function row(each, newest) {
    const name = `rendering ${each.number}`;
    const made = new Date(each.created_at);
    const restore = each.has_script && make("button", { type: "button", class: "btn-ghost", onclick: () => again(each) }, "Use its script");
    return make("li", { class: "edit-rendering", "data-number": each.number },
      make("button", { type: "button", class: "btn-icon", "aria-label": `Play ${name}`, onclick: () => play(each) }, icon("play", 18)),
      make("div", {},
        make("b", {}, `Rendering ${each.number}`), newest && " ", newest && make("span", { class: "badge ready" }, "newest"),
        make("p", { class: "small quiet num" },
          make("time", { dateTime: each.created_at }, made.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" })),
          ` · ${clock(each.duration)}`, each.changes ? ` · ${changesIn(each.changes)}` : ""),
        restore));
  }

  function play(each) {
    playRendering(episodeId, each.number).catch(toastFault);
  }

  async function again(each) {
    try {
      onRestore(await api("GET", `podcasts/${episodeId}/script?revision=${each.number}`, { signal }), each.number);
    } catch (fault) {
      toastFault(fault);
    }
  }
}
