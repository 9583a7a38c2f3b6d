// Choosing several episodes, and deleting them together.
import { api } from "../parts/api.js";
import { confirmed, one, toast, toastFault } from "../parts/dom.js";
import { count } from "../parts/words.js";

const AT_ONCE = 100; // as many as the server takes in one request

/** Switch choosing on and off; `onGone(ids)` is told what was deleted. */
export function choosing(shelf, main, { signal, onGone }) {
  const button = main.querySelector("[data-choosing]");
  const bar = one("[data-chosen]", main);
  const boxes = () => [...shelf.querySelectorAll("[data-choose]:checked")];

  const say = () => {
    const chosen = boxes().length;
    one("[data-count]", bar).textContent = chosen ? `${count(chosen, "episode")} chosen` : "Choose episodes";
    one("[data-delete-chosen]", bar).disabled = !chosen;
  };
  const set = (on) => {
    main.classList.toggle("choosing", on);
    button.setAttribute("aria-pressed", String(on));
    bar.hidden = !on;
    if (!on) for (const box of boxes()) box.checked = false;
    say();
  };
  button.addEventListener("click", () => set(button.getAttribute("aria-pressed") !== "true"), { signal });
  one("[data-end-choosing]", bar).addEventListener("click", () => { set(false); button.focus(); }, { signal });
  shelf.addEventListener("change", say, { signal });
  one("[data-delete-chosen]", bar).addEventListener("click", async () => {
    const ids = boxes().map((box) => box.value);
    const detail = "Their sound, scripts and earlier renderings go too. Sources stay.";
    if (!await confirmed(`Delete ${count(ids.length, "episode")}?`, { yes: "Delete", detail })) return;
    try {
      for (let first = 0; first < ids.length; first += AT_ONCE) {
        const some = ids.slice(first, first + AT_ONCE);
        await api("POST", "podcasts/bulk-delete", { json: { ids: some } });
        onGone(some);
      }
      toast(`${count(ids.length, "episode")} deleted.`);
      set(false);
    } catch (fault) {
      toastFault(fault);
      say();
    }
  }, { signal });
}
