// Media Source Extensions: the segments around the position are fetched and appended in order, older ones let go.
import { pause } from "./feed.js";

const TYPE = 'audio/mp4; codecs="mp4a.40.2"';
const AHEAD_S = 120;
const BEHIND_S = 120;
const NEAR_S = 0.12;
const HAS_ENOUGH = 3;

/**
 * A source for `audio` that grows: `add(segment)`, `edition(name)`, `expect(seconds)` (how long it will be about),
 * `end(seconds)` (nothing follows). It is left when `signal` aborts. Playback begins at `from`, as soon as it is there.
 */
export function buffered(audio, episodeId, Source, { signal, tell, from = 0 }) {
  const source = new Source();
  const segments = [];
  const root = `${document.documentElement.dataset.root}/api/v1/podcasts/${episodeId}/live`;
  let edition = "";
  let buffer;
  let expected = 0;
  let ended = null;
  let working = false;
  let begun = false;
  let evictBehind = BEHIND_S;

  const url = URL.createObjectURL(source);
  if ("disableRemotePlayback" in audio && Source === self.ManagedMediaSource) audio.disableRemotePlayback = true;
  audio.src = url;
  source.addEventListener("sourceopen", work, { signal, once: true });
  for (const kind of ["seeking", "timeupdate", "play"]) audio.addEventListener(kind, work, { signal });
  audio.addEventListener("waiting", () => tell("onStatus", "waiting"), { signal });
  audio.addEventListener("playing", () => tell("onStatus", "playing"), { signal });
  signal.addEventListener("abort", () => URL.revokeObjectURL(url), { once: true });

  /** One step after the other, until there is nothing to do; called whenever there may be. */
  async function work() {
    if (working || signal.aborted) return;
    working = true;
    try {
      while (!signal.aborted && (await step()));
    } catch (error) {
      if (!signal.aborted && error.name !== "AbortError") tell("onFault", error);
    } finally {
      working = false;
    }
  }

  async function step() {
    if (source.readyState !== "open" || !edition) return false;
    if (!buffer) return begin();
    lengthen();
    const next = wanted();
    if (next) return fetched(next);
    if (ended !== null && source.readyState === "open" && !buffer.updating) {
      source.endOfStream();
    }
    return false;
  }

  async function begin() {
    const data = await get("init.mp4");
    if (!data) return false;
    buffer = source.addSourceBuffer(TYPE);
    await appended(data);
    if (from) audio.currentTime = from;
    begun = true;
    return true;
  }

  async function fetched(segment) {
    const data = await get(`${segment.number}.m4s`);
    if (!data) return false;
    while (!signal.aborted) {
      try {
        await appended(data);
        segment.there = true;
        return true;
      } catch (error) {
        if (error.name !== "QuotaExceededError" || !(await evicted())) throw error;
      }
    }
    return false;
  }

  /** The segment that is missing first from the position on, not too far ahead. */
  function wanted() {
    const at = begun ? audio.currentTime : from;
    return segments.find(
      (each) => each.start + each.seconds > at - NEAR_S && each.start < at + AHEAD_S && !(each.there && isBuffered(each)),
    );
  }

  function isBuffered(segment) {
    const middle = segment.start + segment.seconds / 2;
    const ranges = buffer.buffered;
    for (let number = 0; number < ranges.length; number += 1) {
      if (ranges.start(number) <= middle && middle <= ranges.end(number)) return true;
    }
    return false;
  }

  /** Make room: what was heard longest ago goes first. Whether there was anything to let go. */
  async function evicted() {
    const before = audio.currentTime - evictBehind;
    evictBehind = Math.max(10, evictBehind / 2);
    const ranges = buffer.buffered;
    if (!ranges.length) return false;
    if (ranges.start(0) < before) return removed(ranges.start(0), before);
    const far = audio.currentTime + AHEAD_S + 30;
    if (ranges.end(ranges.length - 1) > far) return removed(far, Infinity);
    return evictBehind > 10;
  }

  async function removed(start, end) {
    buffer.remove(start, end);
    await settled();
    return true;
  }

  async function appended(data) {
    buffer.appendBuffer(data);
    await settled();
  }

  function settled() {
    return new Promise((resolve, reject) => {
      if (!buffer.updating) return resolve();
      buffer.addEventListener("updateend", resolve, { once: true });
      buffer.addEventListener("error", () => reject(new Error("This browser cannot play the sound.")), { once: true });
    });
  }

  function lengthen() {
    const length = Math.max(ended ?? expected, lastBuffered());
    if (length && !buffer.updating && Math.abs((source.duration || 0) - length) > 0.01) source.duration = length;
  }

  function lastBuffered() {
    const ranges = buffer.buffered;
    return ranges.length ? ranges.end(ranges.length - 1) : 0;
  }

  /** A part of the stream; tried again until it is there. Nothing where it is gone: the feed tells what is instead. */
  async function get(name) {
    for (let wait = 500; !signal.aborted; wait = Math.min(wait * 2, 10000)) {
      try {
        const answer = await fetch(`${root}/${name}?edition=${edition}`, { signal, priority: "high" });
        if (answer.ok) return await answer.arrayBuffer();
        if (answer.status === 404 || answer.status === 403) return null;
      } catch (error) {
        if (signal.aborted) return null;
        if (audio.readyState < HAS_ENOUGH) tell("onStatus", "offline");
      }
      await pause(wait, signal);
    }
    return null;
  }

  return {
    add(segment) {
      segments.push(segment);
      work();
    },
    edition(name) {
      edition = name;
      work();
    },
    expect(seconds) {
      expected = seconds;
    },
    end(seconds) {
      ended = seconds;
      work();
    },
  };
}
