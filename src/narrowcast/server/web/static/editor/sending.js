// What is sent of a document, and what keeps it from being sent.
import { turnsOf } from "./model.js";

export const LONGEST = 10_000;
const MOST_TURNS = 5_000;

/**
 * The body of a `PUT …/script`, and the keys of its turns in their order. `head` is the script as it was read; `ids`
 * knows the ids of turns that were saved since. New lines without words are not sent.
 */
export function bodyOf(doc, head, ids) {
  const keys = [];
  const segments = doc.segments.map((segment) => ({
    title: segment.title,
    turns: segment.turns.filter((turn) => idOf(turn, ids) || turn.text.trim()).map((turn) => {
      keys.push(turn.key);
      const id = idOf(turn, ids);
      return { ...(id ? { id } : {}), speaker: turn.speaker, text: turn.text.trim(), cites: turn.cites };
    }),
  })).filter((segment) => segment.turns.length);
  const { title, language, speakers, lexicon = {} } = head;
  return { body: { title, language, speakers, lexicon, segments }, keys };
}

/** The server's id of a turn, or undefined. */
export function idOf(turn, ids) {
  return turn.id ?? ids.get(turn.key);
}

/** What is wrong with single lines, by key; lines that are new and still empty are let be. */
export function faultsOf(doc, ids) {
  const faults = new Map();
  for (const turn of turnsOf(doc)) {
    if (!turn.text.trim() && idOf(turn, ids)) faults.set(turn.key, "A line needs words. Write some, or delete the line.");
    if (turn.text.length > LONGEST) {
      faults.set(turn.key, `This line is ${(turn.text.length - LONGEST).toLocaleString("en")} characters too long: split it.`);
    }
  }
  return faults;
}

/** What is wrong with the whole, or "". */
export function faultOf(doc) {
  const spoken = turnsOf(doc).filter((turn) => turn.text.trim()).length;
  if (!spoken) return "An episode needs at least one line.";
  if (spoken > MOST_TURNS) return `An episode has ${MOST_TURNS.toLocaleString("en")} lines at most.`;
  return "";
}

/** Which line a fault of the server is about, by what it says; null: the whole. `keys` are those of the turns sent. */
export function lineOf(fault, body, keys) {
  const place = /segments\.(\d+)\.turns\.(\d+)/.exec(fault.message);
  if (place) {
    const before = body.segments.slice(0, Number(place[1])).reduce((sum, segment) => sum + segment.turns.length, 0);
    return keys[before + Number(place[2])] ?? null;
  }
  const named = /[Tt]urn (\S+?)(?=[\s,:.]|$)/.exec(fault.message);
  const at = named ? body.segments.flatMap((segment) => segment.turns).findIndex((turn) => turn.id === named[1]) : -1;
  return keys[at] ?? null;
}
