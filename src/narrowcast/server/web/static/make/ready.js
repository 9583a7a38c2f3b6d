// Telling that an episode is ready, wherever the person is by then; whether the browser may is asked after Generate, once.
import { address, api } from "../parts/api.js";
import { toast, toastFault } from "../parts/dom.js";
import { pushId, registerPush } from "../offline/push.js";
import { visit } from "../parts/navigation.js";
import { watchJobs } from "../queue/job_stream.js";

const ASKED = "narrowcast.told";
const ENDS = ["completed", "failed", "cancelled"];
const followed = new Map();
let leaving = null;

/** Follow the job that `/podcasts/generate` answered with; whoever does not look at its page is told of its end. */
export function tellWhenReady(job) {
  followed.set(job.job_id, job.episode_id);
  if (leaving) return;
  leaving = new AbortController();
  const end = (status, id) => {
    if (followed.has(id) && ENDS.includes(status)) tell(status, id);
  };
  watchJobs({
    onEvent: (kind, id, data) => end(kind === "state" ? data.status : kind, id),
    onLook: async () => {
      for (const id of [...followed.keys()]) {
        const state = await api("GET", `podcasts/jobs/${id}`).catch(() => null);
        if (state) end(state.status, id);
      }
    },
  }, leaving.signal);
}

/** Offer, quietly and once, to say it outside of the page too. */
export function offerTelling() {
  if (globalThis.Notification?.permission !== "default") return;
  try {
    if (localStorage.getItem(ASKED)) return;
    localStorage.setItem(ASKED, "yes");
  } catch {
    return;
  }
  toast("You can go on with something else.", { action: { title: "Tell me when it is ready", run: allow }, seconds: 20 });
}

async function allow() {
  try {
    await registerPush();
    toast("You will be told, also when no page is open.");
  } catch (fault) {
    // Without a push service it is said as long as a page is open.
    if (Notification.permission === "granted") toast("You will be told while a page of this server is open.");
    else toastFault(fault);
  }
}

async function tell(status, jobId) {
  const episodeId = followed.get(jobId);
  const path = address(`/episodes/${episodeId}`);
  followed.delete(jobId);
  if (!followed.size) {
    leaving?.abort();
    leaving = null;
  }
  const seen = document.visibilityState === "visible";
  if (status === "cancelled" || (seen && location.pathname === path)) return;
  const { title } = await api("GET", `podcasts/${episodeId}`).catch(() => ({ title: "Your episode" }));
  const said = status === "completed" ? `${title} is ready.` : `${title} could not be made.`;
  if (seen) toast(said, { action: { title: "Open", run: () => visit(path) }, seconds: 12 });
  else if (globalThis.Notification?.permission === "granted" && !pushId()) outside(said, jobId, path);
}

function outside(said, tag, path) {
  try {
    const shown = new Notification(said, { tag });
    shown.onclick = () => {
      focus();
      visit(path);
    };
  } catch {
    // Phones let only a service worker say it; Web Push does that there.
  }
}
