// Nobody is signed in at this browser: nothing that somebody kept here stays for the next person.
import { forgetAll } from "./worker_page.js";

/** See parts/navigation.js. */
export async function mount(main) {
  if (main.querySelector("[data-nobody]")) await forgetAll();
}
