/** Lets one piece of work at a time use a reader, in the order of asking. */
export class Turns {
  private tail: Promise<unknown> = Promise.resolve();
  private count = 0;

  /** Pieces of work that run or wait. */
  get waiting(): number {
    return this.count;
  }

  /** Runs `work` when all that was asked before it has ended, however it ended. */
  take<T>(work: () => Promise<T>): Promise<T> {
    this.count += 1;
    const turn = this.tail.then(work).finally(() => {
      this.count -= 1;
    });
    this.tail = turn.catch(() => {});
    return turn;
  }
}
