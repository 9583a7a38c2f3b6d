// The server's API: JSON in, JSON out; a fault is a Fault with the words that the server chose.
const root = document.documentElement.dataset.root;

/** A fault that the server told: `message` is what is wrong, `hint` what to do, `status` the HTTP status (0: no answer). */
export class Fault extends Error {
  constructor(status, message, hint = "", problem = {}) {
    super(message);
    this.name = "Fault";
    this.status = status;
    this.hint = hint;
    this.problem = problem;
  }
}

/** An address of this server: `path` begins with a slash. */
export function address(path) {
  return root + path;
}

/**
 * Ask the API. `path` lies below /api/v1; `json` or `form` (FormData) is the body. Gives the answer's JSON, or the whole
 * Response with `raw`. Throws Fault; an abort by `signal` stays an AbortError.
 */
export async function api(method, path, { json, form, headers = {}, signal, raw = false, keepalive = false } = {}) {
  const asked = { method, signal, keepalive, headers: { Accept: "application/json", ...headers }, body: form };
  if (json !== undefined) {
    asked.headers["Content-Type"] = "application/json";
    asked.body = JSON.stringify(json);
  }
  let answer;
  try {
    answer = await fetch(path.startsWith("/") ? path : `${root}/api/v1/${path}`, asked);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Fault(0, "The server does not answer.", "Look at the connection; this is tried again as soon as you ask.");
  }
  if (!answer.ok) throw await faultOf(answer);
  if (raw) return answer;
  return answer.status === 204 ? null : answer.json();
}

async function faultOf(answer) {
  const problem = await answer.json().catch(() => ({}));
  if (answer.status === 401 && !location.pathname.endsWith("/sign-in")) {
    const back = encodeURIComponent(location.pathname.slice(root.length) + location.search);
    location.assign(`${root}/sign-in?redirect=${back}`);
  }
  return new Fault(answer.status, problem.detail || `The server answered ${answer.status}.`, problem.hint, problem);
}
