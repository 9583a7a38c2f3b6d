// Keeping an episode: its sound whole, its words, its page. It counts as kept when all of that is there.
import { address, api, Fault } from "../parts/api.js";
import { bytes } from "../parts/words.js";
import { able, tell, worker } from "./worker_page.js";
import { cachesOf, keptName, note, notes } from "./stored.js";

const SPARE = 20e6; // Bytes that are left free: pages and words need some, and browsers count roughly.
const NEEDED = "Open this server by its https address, or on its own machine.";

/**
 * Keep an episode on this device, or its newer rendering in place of what is kept. `onShare` is called with how much is
 * here, from 0 to 1. Throws Fault; what was not finished is removed.
 */
export async function keepEpisode(episodeId, { onShare = () => {}, signal } = {}) {
  if (!able) throw new Fault(0, "This browser keeps nothing here.", NEEDED);
  return navigator.locks.request(`keep ${episodeId}`, { signal }, async () => {
    const told = await api("GET", `podcasts/${episodeId}`, { signal });
    if (!told.revision) {
      throw new Fault(409, "There is nothing to keep yet: this episode has no sound.", "Keep it when it is ready.");
    }
    await room(told.size_bytes);
    await worker();
    const name = keptName(episodeId, told.revision);
    await caches.delete(name);
    const cache = await caches.open(name);
    try {
      const small = await words(cache, episodeId, told, signal);
      const sound = await audio(cache, episodeId, told, onShare, signal);
      await tell("keep shell");
      await note(cache, {
        episodeId, title: told.title, revision: told.revision, bytes: small + sound, duration: told.duration,
        owner: document.documentElement.dataset.user, version: version(), keptAt: Date.now(),
      });
    } catch (fault) {
      await caches.delete(name);
      throw worded(fault);
    }
    for (const other of await cachesOf(episodeId)) if (other !== name) await caches.delete(other);
    await tell("kept");
    return (await notes()).find((one) => one.cache === name);
  });
}

/** Remove an episode from this device. */
export async function dropEpisode(episodeId) {
  if (!able) return;
  await navigator.locks.request(`keep ${episodeId}`, async () => {
    for (const name of await cachesOf(episodeId)) await caches.delete(name);
  });
  await tell("kept");
}

async function room(size) {
  await navigator.storage?.persist?.();
  const { quota, usage } = (await navigator.storage?.estimate?.()) || {};
  if (quota !== undefined && quota - usage < size + SPARE) {
    throw new Fault(507, `There is no room on this device: the episode takes ${bytes(size)}, ${bytes(Math.max(0, quota - usage))} are free.`,
      "Remove an episode that is kept, or free space.");
  }
}

/** The page, the cues and all that is read beside the sound; how many bytes they are. */
async function words(cache, episodeId, told, signal) {
  const below = `podcasts/${episodeId}`;
  const beside = [`${below}/cues?revision=${told.revision}`, `${below}/cover.jpg?size=640`, `${below}/chapters.json`,
    `${below}/notes.md`, `${below}/bookmarks`,
    ...Object.keys(told.transcript_urls).map((kind) => `${below}/transcript.${kind}`)];
  const page = await fetch(address(`/episodes/${episodeId}`), { headers: { Accept: "text/html" }, signal });
  if (!page.ok || page.redirected) throw new Fault(page.status, "The episode's page cannot be had now.", "Try again.");
  const info = new Response(JSON.stringify(told), { headers: { "Content-Type": "application/json" } });
  const parts = [[address(`/episodes/${episodeId}`), page], [address(`/api/v1/${below}`), info]];
  for (const path of beside) {
    const answer = await fetch(address(`/api/v1/${path}`), { signal });
    // What an episode does not have, such as an uploaded one's passages, it has nowhere.
    if (answer.ok) parts.push([address(`/api/v1/${path.replace(/\?.*/, "")}`), answer]);
    else if (answer.status !== 404) throw new Fault(answer.status, "A part of the episode cannot be had now.", "Try again.");
  }
  parts.push([address(`/api/v1/${below}/script/passages`), await passages(below, signal)]);
  let total = 0;
  for (const [path, answer] of parts) {
    // As it came: a page's answer knows its address, which moving between pages goes by.
    await cache.put(path, answer.clone());
    total += (await answer.blob()).size;
  }
  return total;
}

/** What is cited, as one answer: without a network there are no further pages to ask for. */
async function passages(below, signal) {
  const items = [];
  let cursor = 0;
  while (cursor !== null) {
    const page = await api("GET", `${below}/script/passages?limit=500&cursor=${cursor}`, { signal }).catch((fault) => {
      // What was uploaded cites nothing.
      if ([404, 409].includes(fault.status)) return { items: [], next_cursor: null };
      throw fault;
    });
    items.push(...page.items);
    cursor = page.next_cursor ?? null;
  }
  return new Response(JSON.stringify({ items, next_cursor: null }), { headers: { "Content-Type": "application/json" } });
}

async function audio(cache, episodeId, told, onShare, signal) {
  const path = address(`/api/v1/podcasts/${episodeId}/audio`);
  // From this server alone: scripts of its pages reach no other, whatever keeps the sound.
  const answer = await fetch(`${path}?revision=${told.revision}&direct=false`, { signal });
  if (!answer.ok) throw new Fault(answer.status, "The sound cannot be had now.", "Try again.");
  let here = 0;
  const counted = answer.body.pipeThrough(new TransformStream({
    transform(chunk, out) {
      here += chunk.byteLength;
      onShare(Math.min(1, here / told.size_bytes));
      out.enqueue(chunk);
    },
  }));
  const type = answer.headers.get("Content-Type") || told.media_type;
  await cache.put(path, new Response(counted, { headers: { "Content-Type": type } }));
  if (here !== told.size_bytes) throw new Fault(0, "The sound did not come whole.", "Try again.");
  return here;
}

function worded(fault) {
  if (fault instanceof Fault || fault.name === "AbortError") return fault;
  if (fault.name === "QuotaExceededError") {
    return new Fault(507, "There is no room on this device.", "Remove an episode that is kept, or free space.");
  }
  return new Fault(0, "The connection broke before everything was here.", "Press again when there is a network; nothing half is kept.");
}

function version() {
  return document.documentElement.dataset.static.split("/").at(-2);
}
