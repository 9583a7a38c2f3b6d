// A page is there before its module is: a press on a button of it that comes too early is done once it can be.
const ready = new WeakSet();
let waiting = null;

/** Hold such presses, of all pages from now on. */
export function holdEarlyPresses() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    const main = button?.closest("main[data-module]");
    if (!main?.dataset.module || ready.has(main)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = button;
  }, { capture: true });
}

/** `main` hears presses now; what was pressed last, if anything, is pressed again. */
export function hears(main) {
  ready.add(main);
  const button = waiting;
  waiting = null;
  if (main.contains(button)) button.click();
}
