// The owner's page: people, links that let them in, and what is well.
import { api } from "../parts/api.js";
import { make, one, toast, toastFault } from "../parts/dom.js";
import { calls, forms } from "../parts/forms.js";
import { times } from "../parts/times.js";

const VERDICTS = { ok: ["well", "ready"], note: ["note", ""], problem: ["problem", "wrong"] };

/** Enliven the page until `signal` aborts. */
export async function mount(main, { signal }) {
  times(main);
  forms(main, { signal, after: welcome });
  calls(main, { signal });
  for (const button of main.querySelectorAll("[data-link]")) {
    button.addEventListener("click", () => link(button, signal), { signal });
  }
  const examine = one("#examine", main);
  examine.addEventListener("click", () => look(examine, one("#findings", main), signal), { signal });
}

// Who was just let in gets their link at once: without it they are at a door that stays shut.
async function welcome(form, user) {
  if (form.dataset.call !== "POST users") return;
  const made = await api("POST", `users/${user.id}/sign-in-link`).catch(toastFault);
  if (!made) return;
  const dialog = make("dialog", { "aria-label": `A link for ${user.name}` },
    make("form", { method: "dialog", class: "stack" },
      make("h2", {}, `A link for ${user.name}`), ...linkOf(made.url), make("p", { class: "quiet" }, "A new one can be made at any time, under their name."),
      make("p", { class: "row" }, make("button", { class: "btn-go" }, "Done"))));
  document.body.append(dialog);
  dialog.showModal();
  await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
  dialog.remove();
}

function linkOf(url) {
  const shown = make("input", { readOnly: true, value: url, class: "mono", "aria-label": "The sign-in link" });
  const here = ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
  return [
    make("p", { class: "notice" }, "It signs them in once, within 15 minutes. Whoever has it comes in: give it to them alone.",
      here ? " It works on this computer only: for others start the server with --host 0.0.0.0, and set NARROWCAST_PUBLIC_URL." : ""),
    shown,
    make("p", {}, make("button", { type: "button", onclick: () => navigator.clipboard.writeText(url).then(() => toast("Copied."), () => shown.select()) }, "Copy it"))];
}

async function link(button, signal) {
  button.disabled = true;
  try {
    const { url } = await api("POST", `users/${button.dataset.link}/sign-in-link`, { signal });
    const place = button.closest("form").querySelector(".secret");
    place.className = "secret stack";
    place.replaceChildren(...linkOf(url));
    place.hidden = false;
    place.querySelector("input").select();
  } catch (fault) {
    toastFault(fault);
  } finally {
    button.disabled = false;
  }
}

async function look(button, list, signal) {
  button.disabled = true;
  list.setAttribute("aria-busy", "true");
  try {
    const { items } = await api("GET", "admin/findings", { signal });
    list.replaceChildren(...items.map(({ what, verdict, found, hint }) => {
      const [word, style] = VERDICTS[verdict];
      const said = make("span", {}, make("b", {}, what), ` ${found}`, verdict === "ok" || !hint ? null : make("span", { class: "small quiet" }, ` ${hint}`));
      return make("li", {}, said, make("span", { class: `badge ${style}` }, word));
    }));
  } catch (fault) {
    toastFault(fault);
  } finally {
    list.removeAttribute("aria-busy");
    button.disabled = false;
  }
}
