// Two edits of one script brought together, turn by turn: what only one side changed is taken; what both changed
// otherwise is asked for. Pure. Documents are as in model.js; turns of the three are the same where their keys are.

/**
 * `mine` and `theirs` both came from `base`. Gives `{ doc, conflicts }`: the document with mine where both differ, and
 * for each such turn `{ key, mine, theirs }`, one of which is null where that side deleted it.
 */
export function merged(base, mine, theirs) {
  const [b, m, t] = [base, mine, theirs].map(byKey);
  const conflicts = [];
  const said = new Map();
  for (const key of new Set([...m.keys(), ...t.keys()])) {
    const [was, my, their] = [b.get(key), m.get(key), t.get(key)];
    if (my && their) {
      const both = was ? fieldwise(was, my, their) : same(my, their) ? my : null;
      said.set(key, both ?? my);
      if (!both) conflicts.push({ key, mine: my, theirs: their });
    } else if (!was || !same(was, my ?? their)) {
      // Added by one; or deleted by one, and changed by the other.
      said.set(key, my ?? their);
      if (was) conflicts.push({ key, mine: my ?? null, theirs: their ?? null });
    }
  }
  const kept = shape(mine, said.keys()) === shape(base, said.keys());
  const [frame, other] = kept ? [theirs, mine] : [mine, theirs];
  return { doc: framed(frame, other, said, titlesOf(base, mine)), conflicts };
}

/** The document once each conflict is settled: `choices` says "mine" or "theirs" by key. */
export function settled({ doc, conflicts }, choices) {
  const chosen = new Map(conflicts.map((each) => [each.key, each[choices.get(each.key) ?? "mine"]]));
  return {
    ...doc,
    segments: doc.segments
      .map((segment) => ({
        ...segment,
        turns: segment.turns.map((turn) => (chosen.has(turn.key) ? chosen.get(turn.key) : turn)).filter(Boolean),
      }))
      .filter((segment) => segment.turns.length),
  };
}

function byKey(doc) {
  return new Map(doc.segments.flatMap((segment) => segment.turns).map((turn) => [turn.key, turn]));
}

function same(one, two) {
  return one.speaker === two.speaker && one.text === two.text && one.cites.join() === two.cites.join();
}

function fieldwise(was, my, their) {
  const turn = { ...their };
  for (const name of ["speaker", "text", "cites"]) {
    const [old, mine, theirs] = [was, my, their].map((each) => String(each[name]));
    if (mine !== theirs && mine !== old && theirs !== old) return null;
    if (theirs === old) turn[name] = my[name];
  }
  return turn;
}

/** In which order, and in which parts, those turns stand. */
function shape(doc, keys) {
  const wanted = new Set(keys);
  return doc.segments.map((segment) => segment.turns.map((turn) => turn.key).filter((key) => wanted.has(key)).join(" ")).join("|");
}

/** Titles that I changed, by the part's first turn in my document. */
function titlesOf(base, mine) {
  const old = new Set(base.segments.map((segment) => segment.title));
  return new Map(mine.segments.filter((segment) => !old.has(segment.title) && segment.turns.length)
    .map((segment) => [segment.turns[0].key, segment.title]));
}

function framed(frame, other, said, titles) {
  const segments = frame.segments.map((segment) => ({
    ...segment,
    title: titles.get(segment.turns[0]?.key) ?? segment.title,
    turns: segment.turns.filter((turn) => said.has(turn.key)).map((turn) => said.get(turn.key)),
  }));
  const there = new Set(segments.flatMap((segment) => segment.turns.map((turn) => turn.key)));
  let before = null;
  for (const turn of other.segments.flatMap((segment) => segment.turns)) {
    if (said.has(turn.key) && !there.has(turn.key)) {
      place(segments, before, said.get(turn.key));
      there.add(turn.key);
    }
    if (there.has(turn.key)) before = turn.key;
  }
  return { ...frame, segments: segments.filter((segment) => segment.turns.length) };
}

function place(segments, before, turn) {
  for (const segment of segments) {
    const at = segment.turns.findIndex((each) => each.key === before);
    if (at >= 0) return segment.turns.splice(at + 1, 0, turn);
  }
  return segments[0].turns.unshift(turn);
}
