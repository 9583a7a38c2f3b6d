// Where there is no Media Source: the browser's own HLS, else one MP3 without an end.

/** The same shape as `buffered`. What is tried is told by trying: `canPlayType` says "maybe" to what does not play. */
export function simply(audio, episodeId, { signal, tell }) {
  const root = `${document.documentElement.dataset.root}/api/v1/podcasts/${episodeId}`;
  const ways = [`${root}/live.m3u8`, `${root}/live.mp3`];
  let begun = false;

  function next() {
    const way = ways.shift();
    if (!way) {
      tell("onFault", Object.assign(new Error("This browser cannot play it before it is finished."), { hint: "Come again then." }));
      return;
    }
    const at = audio.currentTime;
    const playing = !audio.paused;
    audio.src = way;
    if (at) audio.currentTime = at;
    if (playing) audio.play().catch(() => {});
  }

  audio.addEventListener("error", next, { signal });
  audio.addEventListener("waiting", () => tell("onStatus", "waiting"), { signal });
  audio.addEventListener("playing", () => tell("onStatus", "playing"), { signal });
  return {
    add() {
      // Only once there is something to hear: an address that answers with a fault would count as one that cannot be played.
      if (!begun) {
        begun = true;
        next();
      }
    },
    edition() {},
    expect() {},
    end() {},
  };
}
