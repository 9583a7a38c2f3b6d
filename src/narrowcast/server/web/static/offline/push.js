// Web Push: have this browser told when an episode is ready, whether or not a page is open.
import { api, Fault } from "../parts/api.js";
import { able, noteTold, told, worker } from "./worker_page.js";

/** Whether this browser can be told at all. */
const pushable = able && "PushManager" in globalThis && "Notification" in globalThis;

/** How things stand: "unable", "refused" (by the person, in the browser), "off", or "on". */
export async function pushState() {
  if (!pushable) return "unable";
  if (Notification.permission === "denied") return "refused";
  const subscription = await (await worker()).pushManager.getSubscription();
  return subscription && told() ? "on" : "off";
}

/** The id of this browser's subscription, as /me/push lists it; null where it is not told. */
export function pushId() {
  return told()?.id ?? null;
}

/**
 * Ask the person, subscribe, and tell the server. Call it from a press of a button: browsers ask no sooner. Gives what the
 * server shows of this browser. Throws Fault in words that can be shown.
 */
export async function registerPush() {
  if (!pushable) {
    throw new Fault(0, "This browser cannot be told here.",
      "Open this server by its https address; on an iPhone or iPad, add it to the Home Screen first.");
  }
  if ((await Notification.requestPermission()) !== "granted") {
    throw new Fault(0, "This browser may not show notifications of this page.", "Allow them in its settings, and press again.");
  }
  const { public_key: text } = await api("GET", "me/push");
  const key = bytesOf(text);
  const { pushManager } = await worker();
  try {
    const before = await pushManager.getSubscription();
    if (before && !same(before.options.applicationServerKey, key)) await before.unsubscribe();
    const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    const { endpoint, keys } = subscription.toJSON();
    const shown = await api("POST", "me/push", { json: { endpoint, keys } });
    noteTold(shown.id);
    return shown;
  } catch (fault) {
    if (fault instanceof Fault) throw fault;
    throw new Fault(0, "The browser's push service cannot be reached.", "Look at the connection; some browsers have none, or have it switched off.");
  }
}

/** Tell this browser nothing any more. */
export async function unregisterPush() {
  if (!pushable) return;
  const id = pushId();
  noteTold(null);
  await (await (await worker()).pushManager.getSubscription())?.unsubscribe();
  if (id) {
    await api("DELETE", `me/push/${id}`).catch((fault) => {
      if (fault.status !== 404) throw fault;
    });
  }
}

function bytesOf(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}

function same(one, other) {
  return one && other.every((byte, at) => new Uint8Array(one)[at] === byte) && one.byteLength === other.length;
}
