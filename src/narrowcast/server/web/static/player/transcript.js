// The transcript: a script to read, in which one may go to any sentence, and that follows what is said.
import { make, one } from "../parts/dom.js";
import { keyHere } from "./keys.js";
import { watchStarts } from "./highlight.js";

const OURS_MS = 900;

/**
 * Write the words of what is `heard` into `article`; `onCite(turn, number, place)` opens a source. Gives `sentences()`, the
 * elements in order, and `go(element)`, which shows one.
 */
export function transcript(article, heard, { signal, view, onCite }) {
  const script = one("[data-script]", article);
  const follow = one("[data-follow]", article);
  let cues = null;
  let said = [];
  let starts = [];
  let turns = [];
  let now = null;
  let following = true;
  let ours = 0;
  const watch = watchStarts(heard, () => starts, show, signal);

  function write() {
    const next = heard.cues;
    if (!next) return;
    // The same words once more, as when the player takes over from the page.
    if (cues && next.revision && next.revision === cues.revision) {
      cues = next;
      watch.again();
      return;
    }
    const more = cues && next.revision === 0 && cues.revision === 0 ? turns.length : 0;
    if (!more) {
      script.replaceChildren();
      turns = [];
      said = [];
      now = null;
    }
    for (const [number, turn] of next.turns.entries()) {
      if (number < more) continue;
      const chapter = next.chapters.length > 1 && turn.segment !== next.turns[number - 1]?.segment && next.chapters[turn.segment - 1];
      if (chapter) script.append(make("h2", { class: "label part" }, chapter.title));
      const element = written(turn, next, onCite);
      script.append(element);
      turns.push(element);
      said.push(...element.querySelectorAll(".said"));
    }
    writeComing(next);
    cues = next;
    starts = next.turns.flatMap((turn) => turn.sentences.map((each) => each.start));
    script.removeAttribute("aria-busy");
    if (!next.turns.length && next.revision) {
      script.replaceChildren(make("p", { class: "quiet" }, "This recording has no transcript with times."));
    }
    said[0]?.setAttribute("tabindex", "0");
    watch.again();
  }

  // What stands in the script and is not voiced yet, behind what is.
  function writeComing(next) {
    for (const old of script.querySelectorAll(".writing")) old.remove();
    if (next.revision) return;
    const voiced = new Set(next.turns.map((turn) => turn.turn_id));
    for (const turn of heard.coming.values()) {
      if (voiced.has(turn.turn_id)) continue;
      script.append(make("div", { class: "turn writing" }, make("b", { class: "who" }, turn.speaker), make("p", {}, turn.text)));
    }
    if (!script.childElementCount) script.append(make("p", { class: "quiet writing" }, "The first words appear here as they are written."));
  }

  function show(index) {
    now?.classList.remove("now");
    now?.removeAttribute("aria-current");
    now = said[index] ?? null;
    if (!now) return;
    now.classList.add("now");
    now.setAttribute("aria-current", "true");
    if (!script.contains(document.activeElement)) stop(now);
    const turn = now.closest(".turn");
    for (const each of turns) each.classList.toggle("past", Boolean(each.compareDocumentPosition(turn) & Node.DOCUMENT_POSITION_FOLLOWING));
    if (following && heard.state.playing) bring("smooth");
  }

  // The one sentence that Tab leads to.
  function stop(element) {
    for (const each of script.querySelectorAll('.said[tabindex="0"]')) each.tabIndex = -1;
    element.tabIndex = 0;
  }

  function bring(behavior) {
    if (!now || !now.offsetParent) return;
    const { top, bottom } = now.getBoundingClientRect();
    if (top > innerHeight * 0.2 && bottom < innerHeight * 0.6) return;
    ours = performance.now() + OURS_MS;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    scrollTo({ top: scrollY + top - innerHeight * 0.32, behavior: calm ? "instant" : behavior });
  }

  function yieldTo() {
    if (!following || !heard.state.playing) return;
    following = false;
    follow.hidden = false;
  }

  function followAgain() {
    following = true;
    follow.hidden = true;
    view("words");
    bring("smooth");
  }

  const seconds = (element) => starts[said.indexOf(element)];
  script.addEventListener("click", (event) => {
    const sentence = event.target.closest(".said");
    if (!sentence || event.target.closest(".cite") || !getSelection().isCollapsed) return;
    following = true;
    follow.hidden = true;
    heard.seek(seconds(sentence), { play: true });
  }, { signal });
  script.addEventListener("keydown", (event) => {
    const sentence = event.target.closest(".said");
    if (!sentence || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key !== "Enter" && !step) return;
    event.preventDefault();
    event.stopPropagation();
    if (!step) {
      heard.seek(seconds(sentence), { play: true });
      return;
    }
    const next = said[said.indexOf(sentence) + step];
    if (!next) return;
    stop(next);
    next.focus();
    yieldTo();
  }, { signal });
  for (const kind of ["wheel", "touchmove"]) addEventListener(kind, yieldTo, { signal, passive: true });
  addEventListener("scroll", () => performance.now() > ours && yieldTo(), { signal, passive: true });
  follow.addEventListener("click", followAgain, { signal });
  keyHere("c", followAgain, signal);
  heard.addEventListener("cues", write);

  return {
    sentences: () => said,
    /** Show a sentence to who looks for it; what is said goes on without being followed. */
    go(element) {
      yieldTo();
      ours = performance.now() + OURS_MS;
      element.scrollIntoView({ block: "center" });
      stop(element);
    },
  };
}

function written(turn, cues, onCite) {
  const colour = (Math.max(0, cues.speakers.indexOf(turn.speaker)) % 4) + 1;
  const words = make("p", {});
  for (const [number, sentence] of turn.sentences.entries()) {
    const flags = turn.flagged.filter((each) => (each.sentence ?? 0) === number);
    words.append(make("span", { class: "said", role: "button", "tabindex": "-1" }, ...flaggedIn(sentence.text, flags)), " ");
  }
  const places = new Map((cues.places ?? []).map((each) => [each.number, each]));
  for (const number of turn.cites) {
    const place = places.get(number);
    const title = place ? [place.source, place.page && `page ${place.page}`].filter(Boolean).join(", ") : `passage ${number}`;
    words.append(make("button", {
      type: "button", class: "cite", "aria-label": `Source: ${title}`, title, onclick: () => onCite(turn, number, place),
    }, place?.page ? `p. ${place.page}` : String(number)));
  }
  if (turn.flagged.length) {
    const what = turn.flagged.map((each) => each.text).join(", ");
    words.append(make("button", {
      type: "button", class: "cite unsure", "aria-label": `Not in the source: ${what}`, title: `Not in the source: ${what}`,
      onclick: () => onCite(turn, null),
    }, "not in the source"));
  }
  return make("div", { class: "turn", "data-voice": String(colour) }, make("b", { class: "who" }, turn.speaker), words);
}

// The text with a wavy line under what its passages lack; all of it stays text.
function flaggedIn(text, flags) {
  const parts = [];
  let rest = text;
  for (const { text: wrong, why } of flags) {
    const at = rest.indexOf(wrong);
    if (at < 0) continue;
    parts.push(rest.slice(0, at), make("mark", { class: "flag", title: why }, wrong));
    rest = rest.slice(at + wrong.length);
  }
  return [...parts, rest].filter(Boolean);
}
