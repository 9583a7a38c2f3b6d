// What this browser remembers of the player, for one listener: what was on, where, how loud and how fast.
const owner = () => document.documentElement.dataset.user || "";
const PLACE = "narrowcast.player";
const TASTE = "narrowcast.taste";

function read(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key) || "null");
    return kept && kept.owner === owner() && owner() ? kept : null;
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    if (owner()) localStorage.setItem(key, JSON.stringify({ ...value, owner: owner() }));
  } catch {
    // A browser that keeps nothing plays all the same.
  }
}

/** What was on last: `{ sound, at }`, or null; what another listener left here is nobody's. */
export function lastPlace() {
  const kept = read(PLACE);
  return kept?.sound?.episodeId ? kept : null;
}

/** Keep what is on, and where. */
export function keepPlace(sound, at) {
  write(PLACE, { sound, at });
}

/** Forget it: it is over, or was put away. */
export function forgetPlace() {
  try {
    localStorage.removeItem(PLACE);
  } catch {
    // As above.
  }
}

/** How loud this listener likes it: `{ volume, muted }`. */
export function loudness() {
  const { volume = 1, muted = false } = read(TASTE) || {};
  return { volume: Math.min(1, Math.max(0, Number(volume))), muted: Boolean(muted) };
}

export function keepLoudness(volume, muted) {
  write(TASTE, { ...read(TASTE), volume, muted });
}

/** How fast this listener likes the episodes of `show` (a notebook's id, or none), else any. */
export function speedOf(show) {
  const { speeds = {}, speed = 1 } = read(TASTE) || {};
  return speeds[show] || speed;
}

/** Keep a speed for a show; without one it is that of all that have none of their own. */
export function keepSpeed(show, speed) {
  const taste = read(TASTE) || {};
  write(TASTE, show ? { ...taste, speeds: { ...taste.speeds, [show]: speed } } : { ...taste, speed });
}
