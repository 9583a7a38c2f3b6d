// When several documents come, the page is read anew once: after the last.
const REST_MS = 300;

/**
 * What to call at each that was taken: `go` reads the page anew once none came for a moment and none is being read.
 * What was said of refused ones stays to be read.
 */
export function afterwards(go, signal) {
  let timer = 0;
  signal.addEventListener("abort", () => clearTimeout(timer));
  const later = () => {
    clearTimeout(timer);
    if (!signal.aborted) timer = setTimeout(() => (document.querySelector(".chip.coming") ? later() : anew()), REST_MS);
  };
  const anew = async () => {
    const refused = [...document.querySelectorAll(".refused li")];
    await go();
    document.querySelector(".refused")?.append(...refused);
  };
  return later;
}
