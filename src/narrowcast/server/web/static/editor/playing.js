// The player of the whole, as far as the editor asks for it.
/** Have it be silent; where nothing was played it is not even fetched. */
export async function pausePlayer() {
  if (!document.getElementById("player")?.childElementCount) return;
  const { player } = await import("../player/player.js");
  if (player.state?.playing) player.pause();
}

/** Play a rendering of an episode from its beginning. */
export async function playRendering(episodeId, revision) {
  const { player } = await import("../player/player.js");
  await player.play(episodeId, { revision, at: 0 });
}
