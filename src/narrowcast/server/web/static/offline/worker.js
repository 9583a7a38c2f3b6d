// The service worker. It stands aside but for three things: pages while there is no network, the files that pages bring,
// and episodes that are kept on this device. Nothing else is ever stored: what the API answers stays the server's.
import { hear } from "./notices.js";
import { ranged } from "./ranges.js";
import { allCaches, note, notes, shellName } from "./stored.js";

const PATIENCE_MS = 4000;
const NO_ANSWER = new Set([502, 503, 504]);
const EPISODE = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

/** Begin: `version` is that of the static files, `first` those that every page needs, `all` all of them. */
export function begin({ version, first, all }) {
  const base = new URL(self.registration.scope).pathname.replace(/\/$/, "");
  const files = `${base}/static/${version}/`;
  const offlinePage = `${base}/offline`;
  const [ofPage, ofApi, ofFile] = [
    new RegExp(`^${base}/episodes/(${EPISODE})$`),
    new RegExp(`^${base}/api/v1/podcasts/(${EPISODE})(/.*)?$`),
    new RegExp(`^${base}/audio/(${EPISODE})-(\\d+)\\.\\w+$`),
  ];
  let kept = null; // the notes; null: not read since the worker began
  const reading = read();

  async function read() {
    kept = await notes();
    return kept;
  }

  self.addEventListener("install", (event) => {
    self.skipWaiting();
    event.waitUntil(install());
  });
  self.addEventListener("activate", (event) => event.waitUntil(activate()));
  self.addEventListener("message", (event) => {
    const { say } = event.data || {};
    const done = (fault) => event.ports[0]?.postMessage({ fault: fault && String(fault) });
    if (say === "keep shell") event.waitUntil(store(all).then(() => offline("include")).then(() => done(), done));
    if (say === "kept") event.waitUntil(read().then(() => done(), done));
  });
  self.addEventListener("fetch", (event) => {
    const answer = answerTo(event.request);
    if (answer) event.respondWith(answer);
  });
  hear(base);

  async function install() {
    await store((await notes()).length ? all : first);
    await offline("omit");
  }

  /** Keep those of `paths` that are not there yet: a browser that has them from its page takes those. */
  async function store(paths) {
    const cache = await caches.open(shellName(version));
    const have = new Set((await cache.keys()).map((request) => new URL(request.url).pathname));
    await cache.addAll(paths.map((path) => files + path).filter((path) => !have.has(path)));
  }

  async function offline(credentials) {
    const answer = await fetch(offlinePage, { credentials, headers: { Accept: "text/html" } });
    if (answer.ok && !answer.redirected) await (await caches.open(shellName(version))).put(offlinePage, answer);
  }

  /** Take over: pages that are kept are read again, as they bring this version's files; old files go when unused. */
  async function activate() {
    await self.clients.claim();
    for (const one of await read()) {
      if (one.version !== version) await bringUp(one).catch(() => {});
    }
    const used = new Set([version, ...(await read()).map((one) => one.version)].map(shellName));
    for (const name of await allCaches("shell:")) if (!used.has(name)) await caches.delete(name);
  }

  async function bringUp({ cache: name, ...said }) {
    const answer = await fetch(`${base}/episodes/${said.episodeId}`, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const cache = await caches.open(name);
    await cache.put(`${base}/episodes/${said.episodeId}`, answer);
    await note(cache, { ...said, version });
  }

  function answerTo(request) {
    const url = new URL(request.url);
    if (request.method !== "GET" || url.origin !== location.origin) return null;
    if (url.pathname.startsWith(`${base}/static/`)) return staticFile(request, url);
    if (request.mode === "navigate" || request.headers.get("accept") === "text/html") {
      return /^\/(api|audio|feeds|metrics|healthz|readyz)(\/|$)/.test(url.pathname.slice(base.length)) ? null : page(request, url);
    }
    const [, episodeId, rest] = ofApi.exec(url.pathname) || ofFile.exec(url.pathname) || [];
    if (!episodeId || (rest || "").endsWith("/events")) return null;
    if (kept && !kept.some((one) => one.episodeId === episodeId)) return null;
    return part(request, url, episodeId);
  }

  async function staticFile(request, url) {
    const inner = url.pathname.slice(`${base}/static/`.length).replace(/^[^/]*\//, "");
    const found = await caches.match(url.pathname, { ignoreVary: true });
    if (found) return found;
    try {
      return await fetch(request);
    } catch (fault) {
      // A page that is still open asks for its own version.
      const now = await caches.match(files + inner, { ignoreVary: true });
      if (now) return now;
      throw fault;
    }
  }

  async function page(request, url) {
    const [, episodeId] = ofPage.exec(url.pathname) || [];
    const of = episodeId && (await noteOf(episodeId));
    const mine = of && (() => stored(of, url.pathname));
    const otherwise = async () => (mine && (await mine())) || caches.match(offlinePage, { ignoreVary: true });
    return networkFirst(request, otherwise, Boolean(mine));
  }

  async function part(request, url, episodeId) {
    const [, , number] = ofFile.exec(url.pathname) || [];
    const wanted = number || url.searchParams.get("revision");
    const of = await noteOf(episodeId, wanted && Number(wanted));
    const audio = Boolean(number) || url.pathname.endsWith("/audio");
    const asked = audio ? fromHere(request, url) : request;
    if (!of) return fetch(asked);
    const path = audio ? `${base}/api/v1/podcasts/${episodeId}/audio` : url.pathname;
    const mine = async () => {
      const found = await stored(of, path);
      return found && (audio ? ranged(request.headers.get("range"), found) : found);
    };
    // A rendering never changes: what is here need not be asked for.
    if (audio && wanted) return (await mine()) || fetch(asked);
    return networkFirst(asked, mine, true);
  }

  // A worker reaches this server alone: sound that passes through it must not be sent on to where it is kept.
  function fromHere(request, url) {
    const here = new URL(url);
    here.searchParams.set("direct", "false");
    return new Request(here, { headers: request.headers, credentials: "same-origin" });
  }

  async function noteOf(episodeId, revision = null) {
    const all = kept || (await reading);
    return all.find((one) => one.episodeId === episodeId && (revision === null || one.revision === revision));
  }

  async function stored(of, path) {
    return caches.match(path, { cacheName: of.cache, ignoreSearch: true, ignoreVary: true });
  }

  /** The server's answer, else what `otherwise` gives; where that is `sure`, a server that dawdles counts as gone. */
  async function networkFirst(request, otherwise, sure) {
    const waiting = sure && new Promise((late) => { setTimeout(late, PATIENCE_MS, null); });
    const asked = fetch(request);
    try {
      const answer = await (waiting ? Promise.race([asked, waiting]) : asked);
      if (answer && !(sure && NO_ANSWER.has(answer.status))) return answer;
      return (await otherwise()) || (await asked);
    } catch (fault) {
      const found = await otherwise();
      if (found) return found;
      throw fault;
    } finally {
      asked.catch(() => {});
    }
  }
}
