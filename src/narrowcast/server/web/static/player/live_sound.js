// An episode that plays while it is made, as the player has it: how much there is, and the words that have come.
const WORDS = { queued: "It waits for its turn to be made.", scheduled: "It is made later.", offline: "The server does not answer. Trying again." };

/**
 * Have `audio` play what is there of `episodeId`. `onChange()` whenever something grew, `onCue()` when words came, `onReady()`
 * when the finished sound can take its place, `onFault(fault)` when there will be no more. Gives `made`, `duration`, `cues`,
 * `words` (why nothing is heard, where that is known) and `close()`.
 */
export async function liveSound(audio, episodeId, { onChange, onCue, onReady, onFault, signal }) {
  const { openLive } = await import("../live/live.js");
  const cues = { revision: 0, duration: 0, speakers: [], chapters: [], turns: [] };
  let words = "";
  const handle = openLive(audio, episodeId, {
    signal, onReady, onFault,
    onCue(turn) {
      const known = cues.turns.findIndex((each) => each.turn_id === turn.turn_id && each.start === turn.start);
      if (known < 0) cues.turns.push(turn);
      if (!cues.speakers.includes(turn.speaker)) cues.speakers.push(turn.speaker);
      onCue();
    },
    onChapter({ start, title }) {
      const last = cues.chapters.at(-1);
      if (last && last.start >= start) return;
      if (last) last.end = start;
      cues.chapters.push({ start, end: Infinity, title });
      onCue();
    },
    onStatus({ status }) {
      if (status !== "made") words = WORDS[status] ?? "";
      onChange();
    },
  });
  return {
    cues,
    get made() { return handle.made; },
    get duration() { return handle.duration; },
    get words() { return words; },
    close: () => handle.close(),
  };
}
