// Moving a line by its handle, with a mouse, a pen or a finger. Keys do the same (see paper.js).
const EDGE = 90;

/** Tells `onDrop(key, target, after)` where a line was dropped in `element`. Escape leaves it where it was. */
export function dragging(element, { onDrop, signal }) {
  let held = null;
  element.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest(".grip");
    if (!grip || event.button) return;
    grip.setPointerCapture(event.pointerId);
    held = { line: grip.closest("li.edit-line"), grip, target: null, after: false, y: event.clientY, moving: false };
  }, { signal });
  element.addEventListener("pointermove", (event) => {
    if (!held) return;
    if (!held.moving && Math.abs(event.clientY - held.y) < 6) return;
    held.moving = true;
    held.line.classList.add("dragged");
    if (event.clientY < EDGE + 60) scrollBy(0, -12);
    else if (event.clientY > innerHeight - EDGE) scrollBy(0, 12);
    // Straight above or below: the handle itself is beside the words.
    const found = document.elementFromPoint(event.clientX, event.clientY)?.closest("li.edit-line");
    if (!found || !element.contains(found)) return;
    const box = found.getBoundingClientRect();
    point(found, event.clientY > box.top + box.height / 2);
  }, { signal });
  const end = (drop) => {
    if (!held) return;
    const { line, target, after, moving, grip } = held;
    held = null;
    line.classList.remove("dragged");
    target?.classList.remove("drop-before", "drop-after");
    if (drop && moving && target && target !== line) onDrop(line.dataset.key, target.dataset.key, after);
    if (moving) grip.focus({ preventScroll: true });
  };
  element.addEventListener("pointerup", () => end(true), { signal });
  element.addEventListener("pointercancel", () => end(false), { signal });
  document.addEventListener("keydown", (event) => event.key === "Escape" && end(false), { signal });

  function point(target, after) {
    held.target?.classList.remove("drop-before", "drop-after");
    Object.assign(held, { target, after });
    if (target !== held.line) target.classList.add(after ? "drop-after" : "drop-before");
  }
}
