// The script as a document that is edited: plain values, and functions that give the next one. Nothing here is changed in place.
// A turn's `key` names it on the page; its `id` is the server's, none until it was saved.
let made = 0;

/** What the server's script says, as a document; `speakers`, `language` and the like stay beside it. */
export function read(script) {
  return {
    segments: script.segments.map((segment) => ({
      key: newKey(),
      title: segment.title,
      turns: segment.turns.map(({ id, speaker, text, cites }) => ({ key: id, id, speaker, text, cites: cites ?? [] })),
    })),
  };
}

/** A name on the page for what the server has not seen. */
function newKey() {
  made += 1;
  return `new-${Date.now().toString(36)}-${made}`;
}

/** All turns in playing order. */
export function turnsOf(doc) {
  return doc.segments.flatMap((segment) => segment.turns);
}

/** Where the turn `key` stands: [segment, turn], or null. */
export function placeOf(doc, key) {
  for (const [number, segment] of doc.segments.entries()) {
    const at = segment.turns.findIndex((turn) => turn.key === key);
    if (at >= 0) return [number, at];
  }
  return null;
}

/** The turn `key`, or null. */
export function turnOf(doc, key) {
  const place = placeOf(doc, key);
  return place && doc.segments[place[0]].turns[place[1]];
}

function withTurns(doc, number, turns) {
  return { ...doc, segments: doc.segments.map((segment, at) => (at === number ? { ...segment, turns } : segment)) };
}

/** The turn `key` with other `values`. */
export function changed(doc, key, values) {
  const place = placeOf(doc, key);
  if (!place) return doc;
  const [number, at] = place;
  const { turns } = doc.segments[number];
  return withTurns(doc, number, turns.map((turn, other) => (other === at ? { ...turn, ...values } : turn)));
}

/** Without the turn `key`; a part that is left empty goes too, unless it is the only one. */
export function without(doc, key) {
  const place = placeOf(doc, key);
  if (!place) return doc;
  const left = withTurns(doc, place[0], doc.segments[place[0]].turns.filter((turn) => turn.key !== key));
  return dropEmpty(left);
}

function dropEmpty(doc) {
  const full = doc.segments.filter((segment) => segment.turns.length);
  return full.length ? { ...doc, segments: full } : { ...doc, segments: doc.segments.slice(0, 1) };
}

/** With `turn` after the turn `key`, or at the end where that is null. */
export function insertedAfter(doc, key, turn) {
  const place = key === null ? null : placeOf(doc, key);
  const number = place ? place[0] : doc.segments.length - 1;
  const turns = [...doc.segments[number].turns];
  turns.splice(place ? place[1] + 1 : turns.length, 0, turn);
  return withTurns(doc, number, turns);
}

/** An empty line for whoever did not speak last. */
export function answerTo(doc, key, speakers) {
  const before = key && turnOf(doc, key);
  const next = before ? (speakers.indexOf(before.speaker) + 1) % speakers.length : 0;
  return { key: newKey(), id: null, speaker: speakers[next], text: "", cites: [] };
}

/** The turn `key` one place up (-1) or down (1); from the edge of a part it goes over into the next one. */
export function moved(doc, key, step) {
  const place = placeOf(doc, key);
  if (!place) return doc;
  const [number, at] = place;
  const { turns } = doc.segments[number];
  const to = at + step;
  if (to >= 0 && to < turns.length) {
    const order = [...turns];
    [order[at], order[to]] = [order[to], order[at]];
    return withTurns(doc, number, order);
  }
  const other = number + step;
  if (other < 0 || other >= doc.segments.length) return doc;
  const turn = turns[at];
  const left = withTurns(doc, number, turns.filter((each) => each !== turn));
  const there = left.segments[other].turns;
  return dropEmpty(withTurns(left, other, step > 0 ? [turn, ...there] : [...there, turn]));
}

/** The turn `key` put before the turn `target`, or after it. */
export function put(doc, key, target, after) {
  const turn = turnOf(doc, key);
  if (!turn || key === target || !placeOf(doc, target)) return doc;
  const [from] = placeOf(doc, key);
  const left = withTurns(doc, from, doc.segments[from].turns.filter((each) => each !== turn));
  const [number, at] = placeOf(left, target);
  const turns = [...left.segments[number].turns];
  turns.splice(after ? at + 1 : at, 0, turn);
  return dropEmpty(withTurns(left, number, turns));
}

/** The turn `key` cut at `offset` in two; what is before keeps its id. */
export function split(doc, key, offset) {
  const turn = turnOf(doc, key);
  const [first, second] = [turn.text.slice(0, offset).trimEnd(), turn.text.slice(offset).trimStart()];
  if (!first || !second) return doc;
  return insertedAfter(changed(doc, key, { text: first }), key, { ...turn, key: newKey(), id: null, text: second });
}

/** The turn `key` joined to the one before it in its part, which keeps its speaker and id. */
export function joined(doc, key) {
  const place = placeOf(doc, key);
  if (!place || !place[1]) return doc;
  const [number, at] = place;
  const [before, turn] = doc.segments[number].turns.slice(at - 1, at + 1);
  const text = [before.text.trimEnd(), turn.text.trimStart()].filter(Boolean).join(" ");
  const cites = [...new Set([...before.cites, ...turn.cites])];
  return without(changed(doc, before.key, { text, cites }), key);
}

/** A part with another title. */
export function titled(doc, key, title) {
  return { ...doc, segments: doc.segments.map((segment) => (segment.key === key ? { ...segment, title } : segment)) };
}

/** A new part that begins with the turn `key`. */
export function begun(doc, key, title) {
  const [number, at] = placeOf(doc, key);
  if (!at) return doc;
  const segment = doc.segments[number];
  const two = [{ ...segment, turns: segment.turns.slice(0, at) }, { key: newKey(), title, turns: segment.turns.slice(at) }];
  return { ...doc, segments: doc.segments.flatMap((each, other) => (other === number ? two : [each])) };
}

/** The part `key` joined to the one before it. */
export function joinedPart(doc, key) {
  const number = doc.segments.findIndex((segment) => segment.key === key);
  if (number < 1) return doc;
  const [before, segment] = doc.segments.slice(number - 1, number + 1);
  const one = { ...before, turns: [...before.turns, ...segment.turns] };
  return { ...doc, segments: doc.segments.flatMap((each, at) => (at === number - 1 ? [one] : at === number ? [] : [each])) };
}

/** With `turns`, as the server tells them, in the place of those of `before`; who keeps an id stays on the page. */
export function rewritten(doc, before, turns, idOf) {
  const known = new Map(before.map((turn) => [idOf(turn), turn.key]));
  const fresh = turns.map(({ id, speaker, text, cites }) => (known.has(id)
    ? { key: known.get(id), id, speaker, text, cites }
    : { key: newKey(), id: null, speaker, text, cites }));
  const old = new Set(before.map((turn) => turn.key));
  const put_ = (turn) => (turn.key === before[0].key ? fresh : old.has(turn.key) ? [] : [turn]);
  return { ...doc, segments: doc.segments.map((segment) => ({ ...segment, turns: segment.turns.flatMap(put_) })) };
}
