import type { DrainReport } from '../local/runtime/index.ts';
import type { Log } from '../shared/ports/log.ts';
import type { Output } from './output.ts';

/** What the functions log, as asides of a command: warnings and errors only. */
export function loggerFor(output: Output): Log {
  const write = (message: string, fields: Record<string, unknown> = {}): void => {
    const about = Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`);
    output.note(about.length > 0 ? `${message}: ${about.join(' ')}` : message);
  };
  return { info: () => {}, warn: write, error: write };
}

/** One line that says which edited files wait for an apply. */
export function noteWaiting(output: Output, waiting: readonly string[]): void {
  if (waiting.length === 0) return;
  output.note(`edited since the live release, and not in effect: ${waiting.join(', ')}`);
}

/** What a drain did, in words; `failed` when something could not be done and lies aside. */
export function workDone(report: DrainReport): { failed: boolean; words: string } {
  const counts = Object.entries(report).filter(([, queue]) => queue.processed + queue.deadLettered > 0);
  const words = counts.map(([name, queue]) => {
    const aside = queue.deadLettered > 0 ? `, ${queue.deadLettered} gave up` : '';
    return `${name}: ${queue.processed} done${aside}`;
  });
  return {
    failed: counts.some(([, queue]) => queue.deadLettered > 0),
    words: words.length === 0 ? 'nothing to do' : words.join('\n'),
  };
}
