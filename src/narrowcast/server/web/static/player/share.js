// Sharing a moment: a dialog that makes a link from here, says what it opens and for how long, and gives it away.
import { api } from "../parts/api.js";
import { make, toast } from "../parts/dom.js";
import { clock } from "../parts/words.js";

const DAY = 86400;
const LASTING = [[DAY, "a day"], [7 * DAY, "a week"], [30 * DAY, "30 days"]];

/** Ask how a moment of an episode is to be shared, from `seconds` on, and make its link. Resolves when that is over. */
export async function share(episodeId, seconds) {
  const from = make("input", { id: "share-from", value: clock(seconds), inputMode: "numeric", autocomplete: "off", required: true });
  const to = make("input", { id: "share-to", inputMode: "numeric", autocomplete: "off", placeholder: "the end" });
  const lasting = make("select", { id: "share-for" },
    ...LASTING.map(([length, title]) => make("option", { value: String(length), selected: length === 7 * DAY }, title)));
  const wrong = make("p", { class: "wrong", role: "alert", hidden: true });
  const made = make("div", { class: "stack", hidden: true });
  const go = make("button", { class: "btn-go" }, "Make a link");
  const form = make("form", { class: "stack", noValidate: true },
    make("h2", { id: "share-title" }, "Share this moment"),
    field("From", from), field("To", to), field("For", lasting),
    make("p", { class: "quiet small" },
      "Whoever has the link can hear this whole episode, beginning there, and read the words of the moment. Nothing else of yours."),
    wrong, made,
    make("div", { class: "row" }, go, make("button", { type: "button", class: "btn-ghost", onclick: () => dialog.close() }, "Done")));
  const dialog = make("dialog", { "aria-labelledby": "share-title" }, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    wrong.hidden = true;
    const [start, end] = [secondsOf(from.value, seconds), to.value.trim() ? secondsOf(to.value) : null];
    if (start === null || (to.value.trim() && end === null)) return tell(wrong, "Times look like 5:12, or 1:02:03.");
    go.disabled = true;
    try {
      const json = { start, end, expires_in: Number(lasting.value) };
      show(made, await api("POST", `podcasts/${episodeId}/moments`, { json }));
    } catch (fault) {
      tell(wrong, [fault.message, fault.hint].filter(Boolean).join(" "));
    } finally {
      go.disabled = false;
    }
    return undefined;
  });
  document.body.append(dialog);
  dialog.showModal();
  await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
  dialog.remove();
}

function field(name, control) {
  return make("div", { class: "field" }, make("label", { for: control.id }, name), control);
}

function tell(wrong, text) {
  wrong.textContent = text;
  wrong.hidden = false;
}

/** Seconds of "5:12"; those of `exact` where it says the same. Null where it is no time. */
function secondsOf(text, exact = null) {
  if (exact !== null && text.trim() === clock(exact)) return exact;
  if (!/^\d+(:[0-5]?\d){0,2}$/.test(text.trim())) return null;
  return text.trim().split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}

function show(made, link) {
  const address = make("input", { class: "mono", readOnly: true, value: link.url, "aria-label": "The link" });
  const until = new Date(link.expires_at).toLocaleDateString([], { day: "numeric", month: "long", year: "numeric" });
  const copy = make("button", { type: "button", onclick: () => copied(address) }, "Copy");
  const give = navigator.share && make("button", {
    type: "button",
    onclick: () => navigator.share({ url: link.url }).catch(() => {}),
  }, "Share…");
  made.replaceChildren(address, make("div", { class: "row" }, copy, give, make("span", { class: "small quiet" }, `Works until ${until}.`)));
  made.hidden = false;
  address.focus();
  address.select();
}

async function copied(address) {
  try {
    await navigator.clipboard.writeText(address.value);
    toast("The link is copied.");
  } catch {
    // Browsers let pages write there by https only, or on this machine.
    address.select();
    toast("The link is selected: copy it with your keyboard, or hold it.");
  }
}
