// Uploading a recording: how far it is, and that it can be stopped.
import { address, Fault } from "../parts/api.js";
import { one, toast } from "../parts/dom.js";
import { visit } from "../parts/navigation.js";
import { bytes } from "../parts/words.js";

/** Enliven the dialog, and the buttons `[data-open=upload]` in `main`. */
export function upload(dialog, main, { signal }) {
  const form = one("form", dialog);
  const bar = one("progress", form);
  const wrong = one(".wrong", form);
  const send = one("button.btn-go", form);
  let going = null;
  const fault = (text) => {
    wrong.textContent = text;
    wrong.hidden = !text;
  };
  for (const button of main.querySelectorAll("[data-open=upload]")) {
    button.addEventListener("click", () => dialog.showModal(), { signal });
  }
  form.elements.audio_file.addEventListener("change", () => {
    const name = form.elements.audio_file.files[0]?.name ?? "";
    form.elements.title.value ||= name.replace(/\.[^.]+$/, "").replaceAll("_", " ");
  }, { signal });
  const stop = () => going?.abort();
  dialog.addEventListener("close", stop, { signal });
  signal.addEventListener("abort", stop);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const file = form.elements.audio_file.files[0];
    if (!file) return fault("Choose the file with the sound.");
    if (!form.elements.title.value.trim()) return fault("Give it a title.");
    if (file.size > Number(dialog.dataset.most)) return fault(`It has ${bytes(file.size)}; this server takes less.`);
    fault("");
    const body = new FormData(form);
    if (!form.elements.transcript_file.files.length) body.delete("transcript_file");
    [send.disabled, bar.hidden, bar.value] = [true, false, 0];
    try {
      const made = await posted(body, (share) => { bar.value = share; }, (request) => { going = request; });
      going = null;
      dialog.close();
      const run = () => visit(address(`/episodes/${made.episode_id}`));
      toast(`“${made.title}” is in your library.`, { action: { title: "Open", run } });
      visit(address("/library"), { replace: true });
    } catch (problem) {
      if (problem.name !== "AbortError") fault([problem.message, problem.hint].filter(Boolean).join(" "));
    } finally {
      [send.disabled, bar.hidden, going] = [false, true, null];
    }
    return undefined;
  }, { signal });
}

/** Send it. Only this old way of asking tells how much has left. */
function posted(body, onShare, onRequest) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", address("/api/v1/podcasts"));
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = ({ loaded, total, lengthComputable }) => { if (lengthComputable) onShare(loaded / total); };
    request.onload = () => {
      const told = request.response ?? {};
      if (request.status === 201) done(told);
      else failed(new Fault(request.status, told.detail || `The server answered ${request.status}.`, told.hint, told));
    };
    request.onerror = () => failed(new Fault(0, "The connection broke.", "Nothing was kept; try again."));
    request.onabort = () => failed(new DOMException("stopped", "AbortError"));
    onRequest(request);
    request.send(body);
  });
}
