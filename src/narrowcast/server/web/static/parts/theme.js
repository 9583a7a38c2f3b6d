// Light or dark, as somebody chose: in a cookie, so that the server sends the page in it and nothing flashes.
const NAME = "narrowcast_theme";
const CHOICES = ["light", "dark"];

/** What was chosen: `light`, `dark`, or `auto` for the device's own. */
export function chosenTheme() {
  const chosen = document.documentElement.dataset.theme;
  return CHOICES.includes(chosen) ? chosen : "auto";
}

/** Choose it for this browser, from now on. */
export function chooseTheme(name) {
  const { root } = document.documentElement.dataset;
  const kept = CHOICES.includes(name);
  document.cookie = `${NAME}=${kept ? name : ""}; Path=${root || "/"}; Max-Age=${kept ? 31_536_000 : 0}; SameSite=Lax`;
  if (kept) document.documentElement.dataset.theme = name;
  else delete document.documentElement.dataset.theme;
}
