// Searching the transcript: every match is marked, one is shown, and one goes from match to match.
import { one } from "../parts/dom.js";
import { keyHere } from "./keys.js";

const ALL = "found";
const SHOWN = "found-shown";

/** Bring the search of `article` to life over the sentences of `words` (see `transcript.js`). */
export function search(article, words, { signal, view }) {
  const form = one("[data-search]", article);
  const input = one("input", form);
  const told = one("[data-found]", form);
  const ways = [one("[data-previous]", form), one("[data-next]", form)];
  let matches = [];
  let shown = -1;

  function find() {
    const wanted = folded(input.value.trim()).text;
    matches = wanted ? words.sentences().flatMap((element) => matchesIn(element, wanted)) : [];
    shown = -1;
    paint();
    if (matches.length) go(1);
    else say();
  }

  function go(step) {
    if (!matches.length) return;
    shown = (shown + step + matches.length) % matches.length;
    words.go(matches[shown].element);
    paint();
    say();
  }

  function say() {
    told.textContent = !input.value.trim() ? "" : matches.length ? `${shown + 1} of ${matches.length}` : "Not in here";
    for (const button of ways) button.disabled = matches.length < 2;
  }

  function paint() {
    if (globalThis.CSS?.highlights) {
      CSS.highlights.set(ALL, new Highlight(...matches.map((each) => each.range)));
      CSS.highlights.set(SHOWN, new Highlight(...(matches[shown] ? [matches[shown].range] : [])));
    }
    for (const old of article.querySelectorAll(".said.found")) old.classList.remove("found");
    matches[shown]?.element.classList.add("found");
  }

  input.addEventListener("input", find, { signal });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      input.value = "";
      find();
      input.blur();
    }
  }, { signal });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go(1);
  }, { signal });
  ways[0].addEventListener("click", () => go(-1), { signal });
  ways[1].addEventListener("click", () => go(1), { signal });
  keyHere("/", () => {
    view("words");
    input.focus();
  }, signal);
  signal.addEventListener("abort", () => [ALL, SHOWN].forEach((name) => globalThis.CSS?.highlights?.delete(name)));
}

// Without case and accents; `from[i]` is where the i-th character stands in `text` as it was.
function folded(text) {
  let plain = "";
  const from = [];
  for (let place = 0; place < text.length; place += 1) {
    const part = text[place].normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    for (const letter of part) {
      plain += letter;
      from.push(place);
    }
  }
  return { text: plain, from: [...from, text.length] };
}

function matchesIn(element, wanted) {
  const { text, from } = folded(element.textContent);
  const found = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    found.push({ element, range: rangeOf(element, from[at], from[at + wanted.length]) });
  }
  return found;
}

function rangeOf(element, start, end) {
  const range = document.createRange();
  const walk = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let before = 0;
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const after = before + node.length;
    if (start >= before && start <= after) range.setStart(node, start - before);
    if (end >= before && end <= after) {
      range.setEnd(node, end - before);
      break;
    }
    before = after;
  }
  return range;
}
