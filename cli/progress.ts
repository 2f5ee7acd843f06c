import { type Io, isLively, type Sink } from './io.ts';

/** How far something has come. `total` null: nobody knows. */
export interface Step {
  label: string;
  done: number;
  total: number | null;
  /** What is counted, in the plural: `rows`, `units`; `bytes` are shown as MB. */
  unit: string;
  /** What else is worth a look: `$0.0012`. */
  aside?: string;
}

const BAR = 24;
const EVERY_MS = 80;

/**
 * A line on a terminal that is written over as work goes on: bar, rate, time left. Where there is no
 * terminal nothing is printed. One at a time; whatever else is printed clears it first.
 */
export class Progress {
  private readonly sink: Sink;
  private readonly lively: boolean;
  private readonly now: () => number;
  private started = 0;
  private drawn = Number.NEGATIVE_INFINITY;
  private shown = false;
  private label: string | null = null;

  /** @param now a clock in ms that only rises */
  constructor(sink: Sink, env: Io['env'], now: () => number = () => performance.now()) {
    this.sink = sink;
    this.lively = isLively(sink, env);
    this.now = now;
  }

  /** Shows a step; a new label starts a new measure. Cheap enough to call for every batch. */
  show(step: Step): void {
    if (!this.lively) return;
    const now = this.now();
    if (step.label !== this.label) {
      this.label = step.label;
      this.started = now;
      this.drawn = Number.NEGATIVE_INFINITY;
    }
    if (now - this.drawn < EVERY_MS) return;
    this.drawn = now;
    const width = Math.max(20, (this.sink.columns ?? 80) - 1);
    this.sink.write(`\r${progressLine(step, now - this.started).slice(0, width)}\x1b[K`);
    this.shown = true;
  }

  /** Takes the line away. */
  clear(): void {
    if (!this.shown) return;
    this.sink.write('\r\x1b[K');
    this.shown = false;
    this.drawn = Number.NEGATIVE_INFINITY;
  }
}

/** The line for a step after so many ms. */
export function progressLine(step: Step, elapsedMs: number): string {
  const rate = elapsedMs >= 200 ? (step.done / elapsedMs) * 1000 : 0;
  const speed = rate > 0 ? `  ${amount(rate, step.unit)}/s` : '';
  const aside = step.aside === undefined ? '' : `  ${step.aside}`;
  if (step.total === null || step.total <= 0) {
    return `${step.label}  ${amount(step.done, step.unit)}${speed}${aside}`;
  }
  const share = Math.min(1, Math.max(0, step.done / step.total));
  const full = Math.floor(share * BAR);
  const bar = '█'.repeat(full) + '░'.repeat(BAR - full);
  const left = rate > 0 && share < 1 ? `  ${duration((step.total - step.done) / rate)} left` : '';
  return `${step.label}  ${bar}  ${String(Math.floor(share * 100)).padStart(3)}%${speed}${left}${aside}`;
}

function amount(count: number, unit: string): string {
  if (unit === 'bytes') return `${(count / 1e6).toFixed(1)} MB`;
  return `${Math.round(count).toLocaleString('en-US')} ${unit}`;
}

/** Seconds as `8s`, `2m05s`, `1h03m`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const two = (n: number): string => String(n).padStart(2, '0');
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h${two(Math.floor((whole % 3600) / 60))}m`;
}
