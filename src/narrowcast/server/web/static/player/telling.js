// What the player says of itself, in one sentence.

/** What keeps the sound from being heard just now; empty where nothing does. */
export function trouble({ fault, buffering, live, words }) {
  if (fault) return [fault.message, fault.hint].filter(Boolean).join(" ");
  if (buffering) return words || (live ? "Waiting for the next words to be voiced…" : "Waiting for sound…");
  return "";
}
