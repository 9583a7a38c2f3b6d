// The owner's page: people, links that let them in, and what is well.
import { api } from "../parts/api.js";
import { make, one, toast, toastFault } from "../parts/dom.js";
import { calls, forms } from "../parts/forms.js";
import { times } from "../parts/times.js";

const VERDICTS = { ok: ["well", "ready"], note: ["note", ""], problem: ["problem", "wrong"] };

/** Enliven the page until `signal` aborts. */
export async function mount(main, { signal }) {
  times(main);
  forms(main, { signal });
  calls(main, { signal });
  for (const button of main.querySelectorAll("[data-link]")) {
    button.addEventListener("click", () => link(button, signal), { signal });
  }
  const examine = one("#examine", main);
  examine.addEventListener("click", () => look(examine, one("#findings", main), signal), { signal });
}

async function link(button, signal) {
  button.disabled = true;
  try {
    const { url } = await api("POST", `users/${button.dataset.link}/sign-in-link`, { signal });
    const shown = make("input", { readOnly: true, value: url, class: "mono", "aria-label": "The sign-in link" });
    const place = button.closest("form").querySelector(".secret");
    place.className = "secret stack";
    place.replaceChildren(
      make("p", { class: "notice" }, "It signs them in once, within 15 minutes. Whoever has it comes in: give it to them alone."),
      shown,
      make("p", {}, make("button", { type: "button", onclick: () => navigator.clipboard.writeText(url).then(() => toast("Copied."), () => shown.select()) }, "Copy it")));
    place.hidden = false;
    shown.focus();
    shown.select();
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
