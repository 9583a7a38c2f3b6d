// The stats page: whether the week is told of by e-mail.
import { api } from "../parts/api.js";
import { toast, toastFault } from "../parts/dom.js";

/** Keep the choice as soon as it is made. */
export async function mount(main, { signal }) {
  const choice = main.querySelector("[name=weekly_report]");
  choice?.addEventListener("change", async () => {
    try {
      const { weekly_report: on } = await api("PATCH", "me/notifications", { json: { weekly_report: choice.checked }, signal });
      toast(on ? "Your week is told by e-mail, on Monday mornings." : "No weekly e-mail any more.");
    } catch (fault) {
      choice.checked = !choice.checked;
      toastFault(fault);
    }
  }, { signal });
}
