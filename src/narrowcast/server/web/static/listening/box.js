// What was heard and not yet told to the server, in local storage, for one listener: each tab writes its own box, and a box
// whose tab is gone is taken over by another. An interval is sent under one id however often: nothing counts twice.
const PREFIX = `narrowcast.heard.${document.documentElement.dataset.user || ""}.`;
const ALIVE = "narrowcast-tab-";
const SILENT_MS = 10_000;
const LONGEST = 3_000;

/** This tab's id, for as long as it is open. */
export const tab = crypto.getRandomValues(new Uint32Array(3)).join("-");

// A lock is held as long as the tab is open: where there are locks (not on plain http), others know by it that it is.
navigator.locks?.request(ALIVE + tab, () => new Promise(() => {}));

let mine = { beat: 0, open: null, closed: [] };
let written = null;

/** What this tab has to tell: `open` is still growing, `closed` are done. */
export function box() {
  return mine;
}

/** Write this tab's box; what another tab took over meanwhile is not ours any more. True while it is ours. */
export function keep() {
  const key = PREFIX + tab;
  const kept = written === null || read(key) === written;
  if (!kept) mine = { beat: 0, open: null, closed: [] };
  if (mine.closed.length > LONGEST) mine.closed.splice(0, mine.closed.length - LONGEST);
  mine.beat = Date.now();
  const empty = !mine.open && !mine.closed.length;
  write(key, empty ? null : JSON.stringify(mine));
  written = read(key);
  return kept;
}

/** Take intervals out of this tab's box: the server knows them. */
export function told(ids) {
  mine.closed = mine.closed.filter((one) => !ids.has(one.event_id));
  keep();
}

/** The boxes of tabs that are gone: `[{ key, text, intervals }]`. */
export async function orphans() {
  const alive = await openTabs();
  return boxes().filter(({ key, beat }) =>
    key !== PREFIX + tab && (alive ? !alive.has(key.slice(PREFIX.length)) : Date.now() - beat > SILENT_MS));
}

/** Throw a box away whose intervals the server knows, unless it was written since. */
export function bury({ key, text }) {
  if (read(key) === text) write(key, null);
}

/** Where an episode was last heard in this browser, of what the server may not know yet: `{ at, when }`, or null. */
export function lastHeard(episodeId) {
  const here = boxes().flatMap(({ intervals }) => intervals).filter((one) => one.episode === episodeId);
  const newest = here.reduce((best, one) => (!best || one.wall_end > best.wall_end ? one : best), null);
  return newest && { at: newest.to, when: Date.parse(newest.wall_end) };
}

function boxes() {
  return keys().filter((key) => key?.startsWith(PREFIX)).map((key) => {
    const text = read(key);
    try {
      const { beat, open, closed } = JSON.parse(text);
      return { key, text, beat, intervals: [...closed, ...(open ? [open] : [])] };
    } catch {
      return { key, text, beat: 0, intervals: [] };
    }
  });
}

async function openTabs() {
  if (!navigator.locks) return null;
  const { held } = await navigator.locks.query();
  return new Set(held.map(({ name }) => name).filter((name) => name.startsWith(ALIVE)).map((name) => name.slice(ALIVE.length)));
}

function keys() {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}

function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key, text) {
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    // No room, or not allowed: what is in memory is sent all the same.
  }
}
