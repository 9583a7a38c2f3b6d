// What plays next: a list that the server keeps, so that each of a listener's devices goes on with the same.
import { api } from "../parts/api.js";
import { toast } from "../parts/dom.js";

/** The list: `{ episode_id, title, duration, playable }` each. */
export async function upNext(signal = undefined) {
  return (await api("GET", "me/up-next", { signal })).items;
}

/** Put these episodes, by their ids, in the list's place. */
export async function setUpNext(ids) {
  const { items } = await api("PUT", "me/up-next", { json: { episode_ids: ids } });
  document.dispatchEvent(new CustomEvent("up-next", { detail: { items } }));
  return items;
}

/** Put an episode at the end of the list, unless it is there. */
export async function addUpNext(episodeId) {
  const ids = (await upNext()).map((each) => each.episode_id);
  return ids.includes(episodeId) ? ids : setUpNext([...ids, episodeId]);
}

/** Where an episode ends, `player` goes on with the first of the list that can be heard, which leaves it. */
export function goOnWith(player) {
  player.addEventListener("end", async () => {
    const ended = player.state.episodeId;
    try {
      const items = (await upNext()).filter((each) => each.episode_id !== ended);
      const next = items.find((each) => each.playable);
      if (!next || player.state.playing || player.state.episodeId !== ended) return;
      await setUpNext(items.filter((each) => each !== next).map((each) => each.episode_id));
      toast(`Next: ${next.title}`, { action: { title: "Stop", run: () => player.pause() } });
      await player.play(next.episode_id);
    } catch {
      // Without the server there is no next: what has ended stays where it is.
    }
  });
}
