// What there is to hear of an episode, and the cues beside it.
import { address, api, Fault } from "../parts/api.js";

const BEING_MADE = new Set(["queued", "generating"]);

/**
 * Which sound it is: `{ episodeId, revision, newest, title, url, duration, notebookId, live }`; the newest rendering without a
 * `revision`. While its first is being made it is `live`, without a `url`. Throws Fault where there is nothing to hear.
 */
export async function soundOf(episodeId, revision = null, signal = undefined) {
  const told = await api("GET", `podcasts/${episodeId}`, { signal });
  const sound = { episodeId, newest: told.revision, title: told.title, notebookId: told.notebook_id };
  if (!told.revision) {
    if (BEING_MADE.has(told.status)) {
      return { ...sound, revision: 0, live: true, url: null, duration: told.duration || 0 };
    }
    throw new Fault(409, `There is nothing to hear of “${told.title}” yet.`, "Its page says why.");
  }
  const chosen = told.revisions.find((each) => each.number === (revision || told.revision));
  if (!chosen) throw new Fault(404, "This rendering is not there any more.", "Play the newest instead.");
  // Only the file's name: the server may be known by other names than the one that this page came from.
  const url = address(`/audio/${chosen.audio_url.split("/").pop()}`);
  return { ...sound, revision: chosen.number, live: false, url, duration: chosen.duration };
}

/** The cues of a rendering, as the server keeps them. */
export function cuesOf(episodeId, revision, signal = undefined) {
  return api("GET", `podcasts/${episodeId}/cues?revision=${revision}`, { signal });
}

/** Where `at` seconds of one rendering are in another: as far into the same turn, where both have it. */
export function movedTo(from, to, at) {
  const turn = from?.turns.findLast((each) => each.start <= at);
  const same = turn?.turn_id && to?.turns.find((each) => each.turn_id === turn.turn_id);
  if (!same) return Math.min(at, to?.duration ?? at);
  return same.start + Math.min(at - turn.start, Math.max(0, same.end - same.start - 0.1));
}

/** The chapter that `at` seconds lie in, with its `number` from 0; null where there are none. */
export function chapterAt(cues, at) {
  const number = cues ? cues.chapters.findLastIndex((each) => each.start <= at + 0.05) : -1;
  return number < 0 ? null : { ...cues.chapters[number], number };
}
