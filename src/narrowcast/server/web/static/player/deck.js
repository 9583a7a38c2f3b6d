// All that belongs to the player on every page, put together once.
import { follow, resumeAt } from "../listening/outbox.js";
import { player } from "./player.js";
import { keys } from "./keys.js";
import { mediaSession } from "./media_session.js";
import { mini } from "./mini.js";
import { goOnWith } from "./up_next.js";

player.resumeAt = resumeAt;
follow(player);
keys(player);
mediaSession(player);
mini(player);
goOnWith(player);
player.addEventListener("change", mark);
document.addEventListener("page", mark);
document.addEventListener("visibilitychange", () => document.hidden || player.look());
mark();

// What plays shows on everything that plays it.
function mark() {
  const { episodeId, playing } = player.state;
  for (const element of document.querySelectorAll("[data-play]")) {
    element.toggleAttribute("data-playing", playing && element.dataset.play === episodeId);
  }
}
