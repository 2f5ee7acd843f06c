import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort } from '../deployed/ports.ts';

const RUNTIME = fileURLToPath(new URL('runtime.mjs', import.meta.url));

export interface EmulatedOptions {
  /** The emulator. */
  binary: string;
  /** Where the function lies unpacked. */
  folder: string;
  name: string;
  handler: string;
  /** MB; told, not enforced. */
  memory: number;
  /** Seconds; enforced. */
  timeout: number;
  variables: Record<string, string>;
}

/** What the function answered to one call, and how long it took, ms. */
export interface Reply {
  /** As it came: JSON of the handler's result, of its error, or the emulator's own words. */
  text: string;
  ms: number;
}

/** A function under the Runtime Interface Emulator: one instance, one call at a time, as in AWS. */
export class EmulatedFunction {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #url: string;
  #log = '';
  #calls: Promise<unknown> = Promise.resolve();
  #peak = 0;

  private constructor(name: string, child: ChildProcess, url: string) {
    this.name = name;
    this.#child = child;
    this.#url = url;
    for (const stream of [child.stdout, child.stderr]) {
      stream!.setEncoding('utf8').on('data', (text: string) => {
        this.#log += text;
      });
    }
  }

  static async start(options: EmulatedOptions): Promise<EmulatedFunction> {
    const { binary, folder, name, handler, memory, timeout, variables } = options;
    const [api, own] = [await freePort(), await freePort()];
    const child = spawn(
      binary,
      [
        ...['--runtime-api-address', `127.0.0.1:${api}`],
        ...['--runtime-interface-emulator-address', `127.0.0.1:${own}`],
        ...[process.execPath, RUNTIME, handler],
      ],
      {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: process.env['PATH'],
          AWS_LAMBDA_FUNCTION_NAME: name,
          AWS_LAMBDA_FUNCTION_TIMEOUT: String(timeout),
          AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memory),
          AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
          ...variables,
        },
      },
    );
    const started = new EmulatedFunction(name, child, `http://127.0.0.1:${own}`);
    for (const until = Date.now() + 10_000; ; ) {
      // It answers everything but an invocation with 404.
      if (await fetch(started.#url).catch(() => null)) return started;
      if (Date.now() > until) throw new Error(`the emulator of ${name} does not listen:\n${started.#log}`);
      await new Promise((next) => setTimeout(next, 20));
    }
  }

  /** Calls the function when those before are answered. */
  call(event: unknown): Promise<Reply> {
    const called = this.#calls.then(async () => {
      const from = performance.now();
      const reply = await fetch(`${this.#url}/2015-03-31/functions/function/invocations`, {
        method: 'POST',
        body: JSON.stringify(event),
      });
      const text = await reply.text();
      this.peak();
      return { text, ms: performance.now() - from };
    });
    this.#calls = called.catch(() => {});
    return called;
  }

  /** The handler's result. Throws with what came instead. */
  async invoke(event: unknown): Promise<unknown> {
    const { text } = await this.call(event);
    const result = parsed(text);
    const failed = result === undefined || (result as { errorType?: string } | null)?.errorType !== undefined;
    if (failed) throw new Error(`${this.name}: ${text.slice(0, 500)}`);
    return result;
  }

  /** The process that runs the function's code now; null between a crash and the next call. */
  get process(): number | null {
    const tasks = `/proc/${this.#child.pid}/task`;
    // Whichever of the emulator's threads started it.
    const children = readdirSync(tasks).map((task) => readFileSync(`${tasks}/${task}/children`, 'utf8'));
    const [first] = children.join(' ').trim().split(/\s+/);
    return first ? Number(first) : null;
  }

  /** The most memory that any of its processes held so far, MB. */
  peak(): number {
    try {
      const status = readFileSync(`/proc/${this.process}/status`, 'utf8');
      this.#peak = Math.max(this.#peak, Number(/VmHWM:\s*(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
    } catch {
      // It has just ended.
    }
    return this.#peak;
  }

  /** How long it took the runtime to load the function, ms, as the emulator measured it first. */
  get init(): number {
    return Number(/INIT REPORT\(durationMs: ([\d.]+)\)/.exec(this.#log)?.[1] ?? Number.NaN);
  }

  get log(): string {
    return this.#log;
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 5000);
    if (this.#child.exitCode === null && this.#child.signalCode === null)
      await new Promise((gone) => this.#child.once('exit', gone));
    clearTimeout(late);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
