// The dial: a tuner's scale with a needle. A slider where one may seek; a picture where one may not.

/**
 * Bring `element` (class `dial`) to life. While a slider has the focus, what plays does not move its value by itself: it would be read aloud each time.
 * `onSeek(share)` makes it a slider: pointer, arrows, Page Up/Down, Home and End.
 * `stepShare` is one arrow's step. Gives `show({ at, made, text })` and `mark(chapters)`; shares are from 0 to 1.
 */
export function dial(element, { label, onSeek = null, stepShare = 0.01, signal }) {
  const needle = document.createElement("b");
  needle.className = "needle";
  element.append(needle);
  element.setAttribute("aria-label", label);
  let [at, made] = [0, 1];
  let [asked, said] = [false, ""];
  if (onSeek) {
    element.setAttribute("role", "slider");
    element.tabIndex = 0;
    element.setAttribute("aria-valuemin", "0");
    element.setAttribute("aria-valuemax", "100");
    const seek = (share) => {
      asked = true;
      onSeek(Math.min(Math.max(share, 0), made));
    };
    let before = 0;
    const shareOf = (event) => {
      const box = element.getBoundingClientRect();
      return (event.clientX - box.left) / box.width;
    };
    element.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      element.setPointerCapture(event.pointerId);
      before = at;
      seek(shareOf(event));
    }, { signal });
    element.addEventListener("pointermove", (event) => {
      if (element.hasPointerCapture(event.pointerId)) seek(shareOf(event));
    }, { signal });
    // A finger that began here, and then scrolled the page.
    element.addEventListener("pointercancel", () => seek(before), { signal });
    const steps = { ArrowRight: stepShare, ArrowUp: stepShare, ArrowLeft: -stepShare, ArrowDown: -stepShare,
      PageUp: stepShare * 5, PageDown: -stepShare * 5 };
    element.addEventListener("keydown", (event) => {
      const to = event.key === "Home" ? 0 : event.key === "End" ? made : event.key in steps ? at + steps[event.key] : null;
      if (to === null || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      seek(to);
    }, { signal });
  } else {
    element.setAttribute("role", "img");
  }
  return {
    show({ at: nowAt = at, made: nowMade = made, text = "" }) {
      [at, made] = [nowAt, nowMade];
      element.style.setProperty("--at", at);
      element.style.setProperty("--made", made);
      if (onSeek) {
        if (document.activeElement === element && !asked && said) return;
        asked = false;
        element.setAttribute("aria-valuenow", String(Math.round(at * 100)));
        said = text;
        element.setAttribute("aria-valuetext", text);
      } else {
        element.setAttribute("aria-label", text ? `${label}: ${text}` : label);
      }
    },
    mark(marks) {
      for (const old of element.querySelectorAll(".mark")) old.remove();
      for (const { from, share, title } of marks) {
        const shown = document.createElement("span");
        shown.className = "mark";
        shown.setAttribute("aria-hidden", "true");
        shown.textContent = title;
        shown.style.setProperty("--from", from);
        shown.style.setProperty("--share", share);
        element.append(shown);
      }
    },
  };
}
