import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const worker = fileURLToPath(new URL('./worker.ts', import.meta.url));

export interface Worker {
  process: ChildProcess;
  lines: Interface;
  /** Resolves with what it printed; rejects when it failed. */
  result: Promise<string[]>;
}

/** Starts a worker as an OS process of its own. */
export function startWorker(...args: string[]): Worker {
  return startScript(worker, ...args);
}

/** Starts a TypeScript file as an OS process of its own. */
export function startScript(file: string, ...args: string[]): Worker {
  const child = spawn(process.execPath, ['--import', 'tsx', '--no-warnings', file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = createInterface({ input: child.stdout });
  const printed: string[] = [];
  lines.on('line', (line) => printed.push(line));
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  const result = new Promise<string[]>((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (code === 0 || signal === 'SIGKILL') resolve(printed);
      else reject(new Error(`${file} ${args[0]} failed: ${complaint}`));
    });
  });
  return { process: child, lines, result };
}

/** Resolves with the next line that a worker prints and that matches. */
export function nextLine(worker: Worker, wanted: (line: string) => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = (line: string): void => {
      if (!wanted(line)) return;
      worker.lines.off('line', look);
      resolve(line);
    };
    worker.lines.on('line', look);
    worker.result.catch(reject);
  });
}
