// Parts of what is kept whole: RFC 9110, 14. Safari probes with `bytes=0-1`; seeking asks from anywhere.

/**
 * What a `Range` header asks of `size` bytes: `{ from, to }` (both within), `"beyond"` where it lies outside, or null for
 * all of it: no header, several ranges, another unit, nonsense.
 */
export function partOf(header, size) {
  const asked = /^bytes=(\d*)-(\d*)$/.exec((header || "").replaceAll(" ", ""));
  if (!asked || (!asked[1] && !asked[2])) return null;
  const [first, last] = [asked[1], asked[2]].map((digits) => (digits ? Number(digits) : null));
  if (first === null) return last > 0 && size > 0 ? { from: Math.max(0, size - last), to: size - 1 } : "beyond";
  if (last !== null && last < first) return null;
  if (first >= size) return "beyond";
  return { from: first, to: Math.min(last ?? size - 1, size - 1) };
}

/** The answer to a request for `kept`, which is the whole file: all of it, a part (206), or 416. */
export async function ranged(header, kept) {
  if (!header) return kept;
  const whole = await kept.blob();
  const headers = new Headers(kept.headers);
  headers.set("Accept-Ranges", "bytes");
  const part = partOf(header, whole.size);
  if (part === "beyond") {
    return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${whole.size}` } });
  }
  if (part === null) {
    headers.set("Content-Length", String(whole.size));
    return new Response(whole, { headers });
  }
  headers.set("Content-Range", `bytes ${part.from}-${part.to}/${whole.size}`);
  headers.set("Content-Length", String(part.to - part.from + 1));
  return new Response(whole.slice(part.from, part.to + 1), { status: 206, headers });
}
