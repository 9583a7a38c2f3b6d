// The service worker, as pages see it: it is registered once, and whose things are kept is looked after.
import { visit } from "../parts/navigation.js";
import { notes, removeAll } from "./stored.js";

const root = document.documentElement.dataset.root;
const ADDRESS = `${root}/service-worker.js`;
// Registering takes the address of a script, which only a policy of ours may name: this one, and this one alone.
const naming = globalThis.trustedTypes?.createPolicy("worker", {
  createScriptURL: (address) => {
    if (address !== ADDRESS) throw new TypeError("This is not the worker.");
    return address;
  },
});
const TOLD = "narrowcast.push";
let registering = null;

/** Whether this browser can keep anything here: it does for https, and on the server's own machine. */
export const able = "serviceWorker" in navigator && "caches" in globalThis;

/** The registration, once its worker is at work. */
export function worker() {
  registering ??= navigator.serviceWorker
    .register(naming ? naming.createScriptURL(ADDRESS) : ADDRESS, { type: "module", scope: `${root}/` })
    .then(() => navigator.serviceWorker.ready);
  return registering;
}

/** Have the worker do something; resolves when it is done, throws what went wrong there. */
export async function tell(say) {
  const { active } = await worker();
  const channel = new MessageChannel();
  const answered = new Promise((done) => { channel.port1.onmessage = ({ data }) => done(data); });
  active.postMessage({ say }, [channel.port2]);
  const { fault } = await answered;
  channel.port1.close();
  if (fault) throw new Error(fault);
}

/** Who is told here by Web Push, `{ owner, id }` (see push.js); null where nobody is. */
export function told() {
  const [owner, id] = (localStorage.getItem(TOLD) || "").split(" ");
  return id ? { owner, id } : null;
}

/** Note that whoever is signed in is told here, by the subscription of that id; null: nobody is any more. */
export function noteTold(id) {
  if (id) localStorage.setItem(TOLD, `${document.documentElement.dataset.user} ${id}`);
  else localStorage.removeItem(TOLD);
}

/** Remove all that is kept and cached here, and tell nobody anything here any more. */
export async function forgetAll() {
  if (!able) return;
  noteTold(null);
  await removeAll();
  const registration = await navigator.serviceWorker.getRegistration(`${root}/`);
  const subscription = await registration?.pushManager?.getSubscription();
  await subscription?.unsubscribe();
  if (registration?.active) await tell("kept");
}

/** What every page does: register in a quiet moment; what somebody else kept, or is told, at this browser goes first. */
export async function begin() {
  if (!able) return;
  const { user } = document.documentElement.dataset;
  if (user && [...await notes(), told()].some((one) => one && one.owner !== user)) await forgetAll();
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    const to = data?.say === "visit" && new URL(data.address);
    if (to && to.origin === location.origin) visit(to);
  });
  const quiet = globalThis.requestIdleCallback || ((run) => setTimeout(run, 200));
  quiet(() => worker().catch(() => {
    registering = null; // Without it everything works but what this folder is for.
  }), { timeout: 5000 });
}
