// The inbox: what one opens is read.
import { api } from "../parts/api.js";
import { calls } from "../parts/forms.js";
import { times } from "../parts/times.js";
import { countUnread } from "./unread.js";

/** Enliven the list until `signal` aborts. */
export async function mount(main, { signal }) {
  times(main);
  calls(main, { signal });
  main.addEventListener("click", (event) => {
    const message = event.target.closest("a") && event.target.closest("[data-unread]");
    if (message) api("POST", `inbox/${message.dataset.message}/read`, { keepalive: true }).catch(() => {});
  }, { signal });
  countUnread({ now: true });
}
