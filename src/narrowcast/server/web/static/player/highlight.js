// Which sentence is said: told when it begins, from a clock that is asked at each frame around the moment itself.

/**
 * Calls `onIndex(index, at)` whenever another of `starts()` (ascending seconds) is the last that has begun; -1 before the
 * first. Between the moments it sleeps; hidden pages are not woken for it.
 */
export function watchStarts(player, starts, onIndex, signal) {
  let last = null;
  let frame = 0;
  let timer = 0;

  function tick() {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    const at = player.at;
    const all = starts();
    const index = lastBegun(all, at);
    if (index !== last) {
      last = index;
      onIndex(index, at);
    }
    const { playing, rate, buffering } = player.state;
    if (!playing || buffering || signal.aborted || index + 1 >= all.length) return;
    const wait = (all[index + 1] - at) / rate;
    if (wait > 0.15) timer = setTimeout(tick, (wait - 0.1) * 1000);
    else frame = requestAnimationFrame(tick);
  }

  for (const kind of ["change", "seek", "time"]) player.addEventListener(kind, tick, { signal });
  signal.addEventListener("abort", () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  });
  return { again: () => { last = null; tick(); } };
}

/** The place of the last of `starts` that is not behind `at`; -1 where none is. */
function lastBegun(starts, at) {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= at + 0.001) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
