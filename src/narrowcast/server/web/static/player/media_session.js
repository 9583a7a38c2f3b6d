// What the system shows of the player, and the keys of headphones, keyboards and watches.
import { address } from "../parts/api.js";
import { chapterAt } from "./sound.js";

export const BACK_S = 15;
export const FORWARD_S = 30;

/** Tell the system of `player`; without a Media Session nothing is done. */
export function mediaSession(player) {
  const session = navigator.mediaSession;
  if (!session) return;
  const chapter = (step) => {
    const now = chapterAt(player.cues, player.at);
    if (!now) return;
    // As everywhere: the first press goes to the beginning of what is on.
    const back = step < 0 && player.at - now.start > 3 ? 0 : step;
    const next = player.cues.chapters[Math.max(0, now.number + back)];
    if (next) player.seek(next.start);
  };
  const actions = {
    play: () => player.play(),
    pause: () => player.pause(),
    stop: () => player.pause(),
    seekbackward: ({ seekOffset }) => player.seek(player.at - (seekOffset || BACK_S)),
    seekforward: ({ seekOffset }) => player.seek(player.at + (seekOffset || FORWARD_S)),
    seekto: ({ seekTime }) => player.seek(seekTime),
    previoustrack: () => chapter(-1),
    nexttrack: () => chapter(1),
  };
  for (const [name, act] of Object.entries(actions)) {
    try {
      session.setActionHandler(name, act);
    } catch {
      // A browser without this key.
    }
  }
  let told = "";

  function tell() {
    const { episodeId, revision, title, playing } = player.state;
    session.playbackState = episodeId ? (playing ? "playing" : "paused") : "none";
    const key = `${episodeId} ${revision} ${title} ${Boolean(player.cues)}`;
    if (key !== told) {
      told = key;
      session.metadata = episodeId && title ? metadata(episodeId, title, player.cues) : null;
    }
    place();
  }

  function place() {
    const { at, duration, rate, live } = player.state;
    // It throws where the position lies beyond the end.
    if (duration > 0 && !live) session.setPositionState?.({ duration, playbackRate: rate, position: Math.min(at, duration) });
    else session.setPositionState?.();
  }

  player.addEventListener("change", tell);
  player.addEventListener("cues", tell);
  player.addEventListener("seek", place);
  tell();
}

function metadata(episodeId, title, cues) {
  const artwork = [256, 512].map((size) => ({
    src: address(`/api/v1/podcasts/${episodeId}/cover.jpg?size=${size}`), sizes: `${size}x${size}`, type: "image/jpeg",
  }));
  const said = { title, artist: cues?.speakers.join(", ") || "Narrowcast", album: "Narrowcast", artwork };
  const chapters = (cues?.chapters ?? []).map((each) => ({ title: each.title, startTime: each.start }));
  try {
    return new MediaMetadata({ ...said, chapterInfo: chapters });
  } catch {
    return new MediaMetadata(said);
  }
}
