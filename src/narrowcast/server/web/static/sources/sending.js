// Sending documents to the server: two at a time, with how far each is, and again where the server is busy.
import { address, api, Fault } from "../parts/api.js";

const AT_ONCE = 2;
const BUSY = new Set([429, 503]);
const TRIES = 4;
const waiting = [];
let sending = 0;

/** Send a file; `onShare(share)` hears how much of it is there, 1 while it is being read. Gives the source; throws Fault. */
export function sendFile(file, { notebookId = null, onShare }) {
  return inTurn(() => sent(file, notebookId, onShare));
}

/** Have a page or a text read: `given` is `{ url }` or `{ text }`. Gives the source; throws Fault. */
export function sendGiven(given, { notebookId = null } = {}) {
  return inTurn(() => api("POST", "sources", { json: { ...given, ...(notebookId ? { notebook_id: notebookId } : {}) } }));
}

async function inTurn(go) {
  if (sending >= AT_ONCE) await new Promise((done) => waiting.push(done));
  sending += 1;
  try {
    for (let tries = 1; ; tries += 1) {
      try {
        return await go();
      } catch (fault) {
        if (!BUSY.has(fault.status) || tries === TRIES) throw fault;
        await new Promise((done) => setTimeout(done, 2000 * tries));
      }
    }
  } finally {
    sending -= 1;
    waiting.shift()?.();
  }
}

// XMLHttpRequest, because fetch does not tell how much of a body was sent.
function sent(file, notebookId, onShare) {
  const form = new FormData();
  if (notebookId) form.append("notebook_id", notebookId);
  form.append("file", file, file.name);
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", address("/api/v1/sources"));
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = (event) => onShare(event.lengthComputable ? event.loaded / event.total : 0);
    request.upload.onload = () => onShare(1);
    request.onload = () => {
      const told = request.response ?? {};
      if (request.status >= 200 && request.status < 300) done(told);
      else failed(new Fault(request.status, told.detail || `The server answered ${request.status}.`, told.hint, told));
    };
    request.onerror = () => failed(new Fault(0, `${file.name} did not get through.`, "Look at the connection, then give it again."));
    request.send(form);
  });
}
