// What the server tells of a live episode, for as long as it is listened to: comes again by itself.
const KINDS = ["state", "segment", "again", "fault", "ended"];
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 20000;

/**
 * Call `onState`, `onSegment`, `onAgain`, `onEnded` with what comes, `onFault` with what ends it, `onOffline` when the
 * server does not answer. Nothing is told twice and nothing left out, however often the connection breaks.
 */
export function follow(episodeId, { signal, onState, onSegment, onAgain, onEnded, onFault, onOffline }) {
  const root = document.documentElement.dataset.root;
  const address = `${root}/api/v1/podcasts/${episodeId}/live/events`;
  const heard = { state: onState, segment: onSegment, again: onAgain, ended: onEnded, fault: (told) => onFault(faultOf(told)) };
  let known = 0;
  let wait = FIRST_WAIT_MS;

  async function run() {
    while (!signal.aborted) {
      try {
        const headers = { Accept: "text/event-stream" };
        if (known) headers["Last-Event-ID"] = String(known);
        const answer = await fetch(address, { headers, signal, cache: "no-store" });
        if (!answer.ok) {
          if (answer.status < 500 && answer.status !== 429) return onFault(faultOf(await problem(answer)));
          throw new Error(`${answer.status}`);
        }
        if (await read(answer.body)) return;
        wait = FIRST_WAIT_MS;
        continue;
      } catch (error) {
        if (signal.aborted) return;
        onOffline();
      }
      await pause(wait, signal);
      wait = Math.min(wait * 1.6, LONGEST_WAIT_MS);
    }
  }

  /** Whether the last event came: nothing follows it. */
  async function read(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    while (true) {
      const { done, value } = await reader.read();
      if (done || signal.aborted) return false;
      wait = FIRST_WAIT_MS;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const { kind, id, data } = parsed(block);
        if (!KINDS.includes(kind) || signal.aborted) continue;
        if (id) known = id;
        heard[kind](data);
        if (kind !== "state" && kind !== "segment") return true;
      }
    }
  }

  run();
}

/** One event of the stream (WHATWG HTML, 9.2): ours have one line of data each. */
function parsed(block) {
  const fields = Object.fromEntries(block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
  return { kind: fields.event, id: Number(fields.id || 0), data: fields.data ? JSON.parse(fields.data) : null };
}

async function problem(answer) {
  const told = await answer.json().catch(() => ({}));
  return { message: told.detail || `The server answered ${answer.status}.`, hint: told.hint };
}

function faultOf({ message, hint = "" }) {
  return Object.assign(new Error(message), { hint });
}

/** Wait so long, or until the browser is online again. */
export function pause(ms, signal) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener("online", done, { once: true });
    signal?.addEventListener("abort", done, { once: true });
  });
}
