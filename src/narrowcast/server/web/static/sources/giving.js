// Where documents are given: dropped anywhere on the page, picked, pasted or typed. What was taken is told to the page.
import { icon, make, one } from "../parts/dom.js";
import { bytes } from "../parts/words.js";
import { sendFile, sendGiven } from "./sending.js";
import { toldApart } from "./told_apart.js";

/**
 * Bring the `.giving` in `root` to life. `onTaken(source)` hears of each document that was read, also when the page was
 * left meanwhile. With `keepText` a text that is typed is not sent by itself: only `flush` does. Gives `{ text, flush }`:
 * the field, and what sends that which stands in it; its promise is true when all of it was taken.
 */
export function giving(root, { signal, onTaken, notebookId = null, keepText = false, onText = () => {} }) {
  const area = one("[data-giving]", root);
  const text = one("[data-text]", area);
  const picked = one("[data-picked]", area);
  const add = one("[data-add]", area);
  const most = Number(area.dataset.mostBytes);
  const rows = { coming: one("[data-coming]", area), refused: one("[data-refused]", area) };

  async function take(name, kind, send) {
    const state = make("b", { class: "num small" }, "waits");
    const chip = make("li", { class: "chip coming" }, icon(kind, 16), make("span", {}, name), state);
    rows.coming.append(chip);
    rows.coming.hidden = false;
    const onShare = (share) => {
      chip.style.setProperty("--share", share);
      state.textContent = share < 1 ? `${Math.floor(share * 100)} %` : "reading";
    };
    try {
      const source = await send(onShare);
      onTaken(source);
      return true;
    } catch (fault) {
      refuse(name, fault.message, fault.hint);
      return false;
    } finally {
      chip.remove();
      rows.coming.hidden = !rows.coming.children.length;
    }
  }

  function refuse(name, message, hint = "") {
    const said = message.includes(name) ? message : `${name}: ${message}`;
    const row = make("li", { class: "notice wrong" }, make("span", {}, [said, hint].filter(Boolean).join(" ")),
      make("button", { type: "button", class: "btn-icon", "aria-label": `Dismiss what was said of ${name}`,
        onclick: () => row.remove() }, icon("x", 18)));
    rows.refused.append(row);
  }

  function takeFiles(files) {
    return Promise.all([...files].map((file) => {
      if (file.size > most) {
        refuse(file.name, `has ${bytes(file.size)}; at most ${bytes(most)} can be read.`, "Split it and give the part you want.");
        return false;
      }
      return take(file.name, "file-text", (onShare) => sendFile(file, { notebookId, onShare }));
    }));
  }

  const takeLinks = (links) => Promise.all(links.map((url) => take(url, "link", (onShare) => {
    onShare(1);
    return sendGiven({ url }, { notebookId });
  })));

  const takeText = (given) => take(given.trim().slice(0, 60), "sticky-note", (onShare) => {
    onShare(1);
    return sendGiven({ text: given }, { notebookId });
  });

  /** Links are sent at once; a text stays in the field where the page keeps it. */
  async function takeIn(given) {
    const { links, text: plain } = toldApart(given);
    if (links.length) await takeLinks(links);
    else if (plain) put(plain);
  }

  function put(plain) {
    text.value = text.value.trim() ? `${text.value}\n\n${plain}` : plain;
    look();
    text.focus();
  }

  function look() {
    const { links, text: plain } = toldApart(text.value);
    add.hidden = !links.length && (keepText || !plain);
    add.textContent = links.length > 1 ? `Add ${links.length} links` : links.length ? "Add the link" : "Add the text";
    onText(plain);
  }

  async function flush() {
    const { links, text: plain } = toldApart(text.value);
    if (!links.length && !plain) return true;
    text.value = "";
    look();
    const well = links.length ? (await takeLinks(links)).every(Boolean) : await takeText(plain);
    if (!well && !text.value && plain) {
      text.value = plain;
      look();
    }
    return well;
  }

  one("[data-files]", area).addEventListener("click", () => picked.click(), { signal });
  picked.addEventListener("change", () => {
    takeFiles(picked.files);
    picked.value = "";
  }, { signal });
  add.addEventListener("click", flush, { signal });
  text.addEventListener("input", look, { signal });
  text.addEventListener("keydown", (event) => {
    const whole = event.ctrlKey || event.metaKey;
    if (event.key !== "Enter" || event.isComposing || event.shiftKey || (!whole && !toldApart(text.value).links.length)) return;
    if (whole && keepText && !toldApart(text.value).links.length) return;
    event.preventDefault();
    flush();
  }, { signal });
  text.addEventListener("paste", (event) => {
    const given = event.clipboardData;
    if (given.files.length && !given.types.includes("text/plain")) {
      event.preventDefault();
      takeFiles(given.files);
      return;
    }
    const { links } = toldApart(given.getData("text/plain"));
    if (!links.length || text.value.trim()) return;
    event.preventDefault();
    takeLinks(links);
  }, { signal });
  dropping({ signal, takeFiles, takeIn, refuse });
  one("[data-files]", area).disabled = false;
  look();
  return { text, flush, look };
}

function dropping({ signal, takeFiles, takeIn, refuse }) {
  const page = document.body;
  let inside = 0;
  const takes = (event) => ["Files", "text/uri-list", "text/plain"].some((type) => event.dataTransfer?.types.includes(type));
  const own = (event) => event.target.closest?.("input, textarea") && !event.dataTransfer.types.includes("Files");
  const end = () => {
    inside = 0;
    page.classList.remove("dropping");
  };
  page.addEventListener("dragenter", (event) => {
    if (!takes(event)) return;
    inside += 1;
    page.classList.add("dropping");
  }, { signal });
  page.addEventListener("dragleave", () => {
    inside -= 1;
    if (inside <= 0) end();
  }, { signal });
  page.addEventListener("dragover", (event) => {
    if (takes(event) && !own(event)) event.preventDefault();
  }, { signal });
  page.addEventListener("drop", (event) => {
    end();
    if (!takes(event) || own(event)) return;
    event.preventDefault();
    const given = event.dataTransfer;
    if (!given.files.length) {
      takeIn(given.getData("text/uri-list").split(/\r?\n/).filter((line) => line && !line.startsWith("#")).join("\n")
        || given.getData("text/plain"));
      return;
    }
    const entries = [...given.items].filter((item) => item.kind === "file").map((item) => item.webkitGetAsEntry?.());
    const folders = new Set(entries.filter((entry) => entry?.isDirectory).map((entry) => entry.name));
    for (const name of folders) refuse(name, "is a folder.", "Drop the files that are in it.");
    takeFiles([...given.files].filter((file) => !folders.has(file.name)));
  }, { signal });
  signal.addEventListener("abort", end);
}
