// Listening to an episode while it is made: what is there plays, the rest comes, and at its end the finished file is told.
import { buffered } from "./buffer.js";
import { follow } from "./feed.js";
import { simply } from "./simply.js";

/**
 * Have `audio` play the episode while it is made. The caller plays, pauses and seeks the element as any other.
 *
 * - `onCue(turn)`: a turn that can be heard now, as the cues have it; `onChapter(chapter)`: `{start, title}`.
 * - `onStatus(status, {made, duration})`: `queued`, `scheduled`, `running`, then `completed`, `failed` or `cancelled`;
 *   besides `waiting` (all that is made was heard, more comes), `playing` (it goes on), `offline` (the server does not
 *   answer; it is tried again), and `made` whenever `made` or `duration` (both in seconds) grew.
 * - `onReady(address, final)`: it is finished; play `address` from the same position. `final` is `{revision, seconds}`.
 * - `onFault(fault)`: an Error whose `message` and `hint` say why there will be no more; what is there stays playable.
 * - `signal` aborts as `close()` does: the element is let go.
 *
 * Gives a handle: `made` (seconds that can be heard), `duration` (about how long the whole will be), `speakers`, `close()`.
 */
export function openLive(audio, episodeId, { onCue, onChapter, onStatus, onReady, onFault, signal } = {}) {
  const ending = new AbortController();
  const stop = signal ? AbortSignal.any([signal, ending.signal]) : ending.signal;
  const told = { onCue, onChapter, onStatus, onReady, onFault };
  const tell = (name, what, more) => {
    if (stop.aborted) return;
    told[name]?.(what, name === "onStatus" ? { made: handle.made, duration: handle.duration } : more);
  };
  const state = { made: 0, expected: 0, speakers: [] };
  let sound;
  let edition;
  let round = new AbortController();

  function begin() {
    round.abort();
    round = new AbortController();
    const signal = AbortSignal.any([stop, round.signal]);
    const from = audio.currentTime || 0;
    Object.assign(state, { made: 0, expected: state.expected });
    const Source = self.ManagedMediaSource ?? self.MediaSource;
    sound = Source ? buffered(audio, episodeId, Source, { signal, tell, from }) : simply(audio, episodeId, { signal, tell });
    follow(episodeId, {
      signal,
      onState(now) {
        // Another process may serve us now: it makes the same of the same, unless this tells otherwise.
        if (edition && now.edition !== edition) return again(now.edition);
        edition = now.edition;
        state.speakers = now.speakers;
        if (now.expected) state.expected = now.expected;
        // Named at the first turn's door: before that there is nothing to fetch.
        if (now.mixing) sound.edition(now.edition);
        sound.expect(handle.duration);
        tell("onStatus", now.status);
      },
      onSegment(segment) {
        state.made = segment.start + segment.seconds;
        if (segment.expected) state.expected = segment.expected;
        segment.chapters.forEach((chapter) => tell("onChapter", chapter));
        segment.turns.forEach((turn) => tell("onCue", turn));
        sound.expect(handle.duration);
        sound.add(segment);
        tell("onStatus", "made");
      },
      onAgain: (now) => again(now.edition),
      onOffline: () => tell("onStatus", "offline"),
      onFault: (fault) => tell("onFault", fault),
      onEnded,
    });
  }

  function again(next) {
    edition = next;
    begin();
  }

  function onEnded({ status, final, error_message }) {
    tell("onStatus", status);
    if (final) {
      const root = document.documentElement.dataset.root;
      tell("onReady", `${root}/api/v1/podcasts/${episodeId}/audio?revision=${final.revision}`, final);
      return;
    }
    sound.end(state.made);
    const fault = new Error(error_message || (status === "cancelled" ? "It was cancelled." : "It could not be made."));
    fault.hint = state.made ? "What was made until then can still be heard." : "";
    tell("onFault", fault);
  }

  const handle = {
    get made() {
      return state.made;
    },
    get duration() {
      return Math.max(state.made, state.expected || 0);
    },
    get speakers() {
      return state.speakers;
    },
    close() {
      ending.abort();
    },
  };
  begin();
  return handle;
}
