// What can be done with a line, in a menu beside its button.
import { make, one } from "../parts/dom.js";

/** Open a menu at `button` with `items` `[title, run]`; arrows move in it, Escape closes it. */
export function openMenu(button, items, label) {
  const menu = make("div", { class: "menu line-menu", role: "menu", popover: "auto", "aria-label": label });
  for (const [title, run] of items) {
    menu.append(make("button", { type: "button", role: "menuitem", tabIndex: -1, onclick: () => {
      menu.hidePopover();
      run();
    } }, title));
  }
  one("main").append(menu);
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    const inside = menu.contains(document.activeElement) || document.activeElement === document.body;
    menu.remove();
    if (inside) button.focus();
  });
  menu.addEventListener("keydown", (event) => {
    const all = [...menu.children];
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: (at + 1) % all.length, ArrowUp: (at - 1 + all.length) % all.length, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Tab") menu.hidePopover();
    if (to === undefined) return;
    event.preventDefault();
    all[to].focus();
  });
  menu.showPopover();
  const [box, size] = [button.getBoundingClientRect(), menu.getBoundingClientRect()];
  const below = box.bottom + size.height < innerHeight - 8;
  menu.style.setProperty("--left", `${Math.max(8, Math.min(box.right - size.width, innerWidth - size.width - 8))}px`);
  menu.style.setProperty("--top", `${below ? box.bottom : Math.max(8, box.top - size.height)}px`);
  menu.firstElementChild.focus();
}
