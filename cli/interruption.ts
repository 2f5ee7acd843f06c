import type { Io } from './io.ts';

/** How long a verb may take to end by itself once it is interrupted. */
const GRACE_MS = 5_000;

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Ends a command before it is done: on Ctrl-C, on a request to terminate, or when nobody reads its output.
 * The verb sees `signal` and has 5 s to end by itself; a second Ctrl-C doesn't wait.
 */
export class Interruption {
  readonly signal: AbortSignal;
  private readonly controller = new AbortController();
  private readonly own: boolean;
  private readonly io: Io;
  private code: number | null = null;
  private giveUp: () => void = () => {};
  private readonly givenUp: Promise<void>;
  private timer: NodeJS.Timeout | undefined;
  private readonly listeners: [keyof typeof SIGNALS, () => void][] = [];

  /** Listens to the process's signals when the command is the process and not a call from elsewhere. */
  constructor(io: Io) {
    this.io = io;
    this.own = io.stdout === process.stdout;
    this.signal = this.controller.signal;
    this.givenUp = new Promise((resolve) => {
      this.giveUp = resolve;
    });
    if (!this.own) return;
    for (const [name, code] of Object.entries(SIGNALS) as [keyof typeof SIGNALS, number][]) {
      const listener = (): void => {
        if (this.code !== null) process.exit(code);
        this.stop(code);
      };
      this.listeners.push([name, listener]);
      process.on(name, listener);
    }
  }

  /** Asks the command to end with this code. */
  stop(code: number): void {
    if (this.code !== null) return;
    this.code = code;
    this.controller.abort();
    this.timer = setTimeout(this.giveUp, GRACE_MS);
  }

  /**
   * The command's own exit code, or the one it was stopped with. What a stopped command throws is not
   * reported, since ending in the middle is what was asked for.
   * @param onStopped called once if the command was stopped before it was done
   */
  async orDone(command: Promise<number>, onStopped: (code: number) => void): Promise<number> {
    const outcome = await Promise.race([
      command.then(
        (code) => ({ code }),
        (error: unknown) => ({ error }),
      ),
      this.givenUp.then(() => null),
    ]);
    if (outcome !== null && 'code' in outcome) return outcome.code;
    if (this.code === null) throw outcome?.error;
    onStopped(this.code);
    return this.code;
  }

  release(): void {
    clearTimeout(this.timer);
    for (const [name, listener] of this.listeners) process.off(name, listener);
    // What a stopped verb left open (a server, a timer) must not keep the process alive.
    if (this.own && this.code !== null) {
      const { code } = this;
      this.io.stderr.write('', () => process.exit(code));
    }
  }
}
