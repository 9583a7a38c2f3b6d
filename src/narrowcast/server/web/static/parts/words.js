// How figures are put into words, the same everywhere.

/** Seconds as on a clock: 4:05, 1:02:03. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Seconds as a person says them, roughly: "40 s", "12 min", "1 h 5". */
export function span(seconds) {
  const whole = Math.round(seconds || 0);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60}` : `${minutes / 60} h`;
}

/** USD: "free", "under $0.01", "$0.04". */
export function money(usd) {
  if (usd === null || usd === undefined) return "cost not known";
  if (usd === 0) return "free";
  return usd < 0.01 ? "under $0.01" : `$${usd.toFixed(2)}`;
}

/** Bytes: "3.4 MB". */
export function bytes(count) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let number = count || 0;
  let unit = 0;
  while (number >= 1000 && unit < units.length - 1) {
    number /= 1000;
    unit += 1;
  }
  return `${number < 10 && unit ? number.toFixed(1) : Math.round(number)} ${units[unit]}`;
}

/** "1 turn", "3,000 turns". */
export function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}
