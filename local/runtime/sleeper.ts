/** How long to wait for messages of other processes before looking again, ms: at first, and in the end. */
const FIRST = 50;
const LAST = 400;

/**
 * Between two looks at a queue. What this process adds wakes it at once, also when that came before it slept;
 * what others add is seen a while later, the longer nothing came.
 */
export class Sleeper {
  /** Something came since this was last set to false. */
  woken = false;
  #wait = FIRST;
  #end: (() => void) | null = null;

  wake(): void {
    this.woken = true;
    this.#end?.();
  }

  /** There is something to do again: the next sleep is short. */
  rested(): void {
    this.#wait = FIRST;
  }

  /** Until woken, or for a while. */
  async sleep(): Promise<void> {
    if (!this.woken) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.#wait);
        this.#end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#end = null;
    }
    this.#wait = this.woken ? FIRST : Math.min(this.#wait * 1.5, LAST);
  }
}
