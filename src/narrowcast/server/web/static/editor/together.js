// Two windows at one script, and what was written but never reached the server: brought together, and nothing lost.
import { toast } from "../parts/dom.js";
import { askWhich } from "./merge_dialog.js";
import { merged, settled } from "./merging.js";
import * as model from "./model.js";

/** The server has `script` under `etag`, which others changed: bring it together with what `editor` shows, and save that. */
export async function meet(editor, script, etag) {
  const { saver, history } = editor;
  const all = merged(keyed(saver.base), keyed(saver.withIds(history.now)), model.read(script));
  let choices = new Map();
  if (all.conflicts.length) {
    choices = await askWhich(all.conflicts);
    if (editor.signal.aborted) return;
    if (!choices) {
      const again = { title: "Choose", run: () => meet(editor, script, etag) };
      toast("Your words are kept here, and not saved yet.", { action: again, seconds: 600 });
      return;
    }
  }
  saver.rebase(script, etag);
  history.push(settled(all, choices));
  saver.touched();
  editor.show();
  if (await saver.save() && !all.conflicts.length) toast("Changes of another window were taken in; yours are all there.");
}

/** Words of an earlier visit that never reached the server. */
export function takeUpDraft(editor) {
  const { saver, history } = editor;
  const draft = saver.drafts.left();
  if (!draft) return;
  const [base, mine] = [keyed(draft.base), keyed(draft.doc)];
  const { doc, conflicts } = merged(base, mine, history.now);
  if (conflicts.length) {
    const { head, etag } = saver;
    history.push(mine);
    saver.base = base;
    saver.conflicting();
    meet(editor, head, etag);
    return;
  }
  history.push(doc);
  if (saver.clean) return;
  saver.touched();
  toast("What you had written and not saved is here again.", { action: { title: "Discard it", run: () => editor.back("undo") } });
}

/** A document whose keys are its turns' ids, so that it can be compared with another window's. */
function keyed(doc) {
  return {
    ...doc,
    segments: doc.segments.map((segment) => ({
      ...segment,
      turns: segment.turns.map((turn) => ({ ...turn, key: turn.id ?? turn.key })),
    })),
  };
}
