// What somebody typed or pasted: links, or a text. Pure.
const LINK = /^https?:\/\/[^\s/]+\.?[^\s]*$/i;
const BARE = /^(www\.[^\s/]+|[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}\/)\S*$/i;
const MOST_LINKS = 20;

/** `{ links, text }`: links where all of it is links (with or without their https://), else it is a text. */
export function toldApart(given) {
  const parts = given.trim().split(/\s+/).filter(Boolean);
  if (!parts.length || parts.length > MOST_LINKS || !parts.every((part) => LINK.test(part) || BARE.test(part))) {
    return { links: [], text: given.trim() ? given : "" };
  }
  return { links: parts.map((part) => (LINK.test(part) ? part : `https://${part}`)), text: "" };
}
