// Undo and redo: the documents before and after the one that is shown.
const MOST = 300;
const TOGETHER_MS = 1500;

/** Holds the document `now`. Changes with the same `mark` shortly after each other are undone together. */
export class History {
  constructor(doc) {
    this.now = doc;
    this.past = [];
    this.future = [];
    this.mark = null;
    this.at = 0;
  }

  push(doc, mark = null) {
    if (doc === this.now) return false;
    const together = mark !== null && mark === this.mark && performance.now() - this.at < TOGETHER_MS;
    if (!together) this.past.push(this.now);
    if (this.past.length > MOST) this.past.shift();
    [this.now, this.future, this.mark, this.at] = [doc, [], mark, performance.now()];
    return true;
  }

  undo() {
    return this.step(this.past, this.future);
  }

  redo() {
    return this.step(this.future, this.past);
  }

  step(from, to) {
    if (!from.length) return false;
    to.push(this.now);
    this.now = from.pop();
    this.mark = null;
    return true;
  }
}
