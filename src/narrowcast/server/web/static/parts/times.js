// Points in time in the reader's own zone and language: the server knows neither.

/** Rewrite every `<time datetime>` in `element`; `data-as="day"` without the hour. */
export function times(element) {
  const today = new Date().toDateString();
  for (const shown of element.querySelectorAll("time[datetime]")) {
    const at = new Date(shown.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const hour = { hour: "numeric", minute: "2-digit" };
    const year = at.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" };
    const day = { day: "numeric", month: "short", ...year };
    shown.title = at.toLocaleString();
    if (shown.dataset.as === "day") shown.textContent = at.toLocaleDateString([], day);
    else if (at.toDateString() === today) shown.textContent = `today, ${at.toLocaleTimeString([], hour)}`;
    else shown.textContent = at.toLocaleString([], { ...day, ...hour });
  }
}
