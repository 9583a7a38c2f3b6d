// What lies in this browser's Cache Storage, told alike to pages and to the service worker:
// `kept:EPISODE:REVISION` holds an episode and, last of all, the note that says it is whole; `shell:VERSION` the pages' files.
const KEPT = "kept:";
const SHELL = "shell:";
const NOTE = "/-/note";

/** The name of an episode's cache. */
export function keptName(episodeId, revision) {
  return `${KEPT}${episodeId}:${revision}`;
}

/** The name of the cache of the pages' files in one version. */
export function shellName(version) {
  return SHELL + version;
}

/**
 * What is kept whole: a note each, `{ episodeId, title, revision, bytes, duration, owner, version, keptAt, cache }`, the
 * newest first. Of an episode that is being kept anew there may be two for a moment.
 */
export async function notes() {
  const names = (await caches.keys()).filter((name) => name.startsWith(KEPT));
  const found = await Promise.all(names.map(async (name) => {
    // Not by opening it: that would make one anew which was removed meanwhile.
    const answer = await caches.match(NOTE, { cacheName: name });
    return answer ? { ...(await answer.json()), cache: name } : null;
  }));
  return found.filter(Boolean).sort((one, other) => other.keptAt - one.keptAt);
}

/** Say in a cache what it holds; with that the episode counts as kept. */
export async function note(cache, said) {
  await cache.put(NOTE, new Response(JSON.stringify(said), { headers: { "Content-Type": "application/json" } }));
}

/** The names of caches of an episode, whole or not. */
export async function cachesOf(episodeId) {
  return (await caches.keys()).filter((name) => name.startsWith(`${KEPT}${episodeId}:`));
}

/** The names of all caches of this application: of `kind` "kept" or "shell", or of both. */
export async function allCaches(kind = "") {
  return (await caches.keys()).filter((name) => (name.startsWith(KEPT) || name.startsWith(SHELL)) && name.startsWith(kind));
}

/** Remove everything that is kept here, and tell the worker. */
export async function removeAll() {
  await Promise.all((await allCaches()).map((name) => caches.delete(name)));
}
