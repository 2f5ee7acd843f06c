import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { describe } from '../dialect/errors.ts';
import { execute, type Sink } from '../engine/execute.ts';
import { failureOf } from '../engine/failure.ts';
import type { Engine } from '../engine/run.ts';
import { columnInfo } from './columns.ts';
import { athenaError } from './errors.ts';
import { type Record, type Records, ROWS_PER_FILE } from './records.ts';

/** Queries of this process that may run at the same time; the others wait their turn. */
const AT_ONCE = 4;

const SAY_AGAIN_MS = 20;

/** Runs queries in this process and keeps what becomes of them as records. */
export class Runner {
  readonly #engine: Engine;
  readonly #records: Records;
  readonly #now: () => number;
  readonly #waiting: (() => void)[] = [];
  readonly #interrupts = new Map<string, () => void>();
  readonly #stopped = new Set<string>();
  #running = 0;

  constructor(engine: Engine, records: Records, now: () => number) {
    this.#engine = engine;
    this.#records = records;
    this.#now = now;
  }

  /** Starts a query that is QUEUED; returns at once. */
  start(record: Record): void {
    void this.#run(record);
  }

  /** Stops a query of this process if it isn't over; whether there was one to stop. */
  stop(id: string): boolean {
    if (!this.#interrupts.has(id)) return false;
    this.#stopped.add(id);
    // An interruption is lost on a query that is only about to begin: it is said again until the query is over.
    const say = (): void => {
      const interrupt = this.#interrupts.get(id);
      if (interrupt === undefined) return;
      interrupt();
      setTimeout(say, SAY_AGAIN_MS);
    };
    say();
    return true;
  }

  async #run(record: Record): Promise<void> {
    const began = performance.now();
    this.#interrupts.set(record.id, () => {});
    if (this.#running >= AT_ONCE) await new Promise<void>((turn) => this.#waiting.push(turn));
    this.#running++;
    const started = performance.now();
    try {
      if (this.#stopped.has(record.id)) throw new Error('INTERRUPT');
      this.#save(record, { state: 'RUNNING', queuedMs: started - began });
      const result = new Result(record, this.#records, join(this.#engine.home, 'athena.temporary'));
      const outcome = await execute(
        this.#engine,
        record.sql,
        {
          id: record.id,
          database: record.database,
          parameters: record.parameters,
          now: new Date(record.submitted * 1000),
          output: record.output,
          onRunning: (interrupt) => {
            this.#interrupts.set(record.id, interrupt);
            if (this.#stopped.has(record.id)) throw new Error('INTERRUPT');
          },
        },
        result,
      );
      await result.finish(this.#engine);
      if (this.#stopped.has(record.id)) throw new Error('INTERRUPT');
      this.#save(record, {
        ...this.#end(started),
        state: 'SUCCEEDED',
        kind: outcome.kind,
        detail: outcome.detail,
        scannedBytes: outcome.scannedBytes,
        ...(outcome.written === undefined ? {} : { written: outcome.written }),
      });
    } catch (error) {
      this.#fail(record, error, started);
    } finally {
      this.#interrupts.delete(record.id);
      this.#stopped.delete(record.id);
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  #fail(record: Record, thrown: unknown, started: number): void {
    const end = this.#end(started);
    if (this.#stopped.has(record.id)) {
      Object.assign(record, { ...end, state: 'CANCELLED', reason: 'Query cancelled by user' });
    } else {
      const failure = failureOf(thrown);
      const reason = describe(failure, record.sql);
      const error = athenaError(failure.errorName, reason);
      Object.assign(record, { ...end, state: 'FAILED', reason, error });
    }
    this.#records.saveEnd(record);
  }

  #end(started: number): { completed: number; engineMs: number } {
    return { completed: this.#now(), engineMs: Math.round(performance.now() - started) };
  }

  #save(record: Record, change: Partial<Record>): void {
    Object.assign(record, change);
    this.#records.save(record);
  }
}

/** Collects a result: pages for GetQueryResults and, with an output location, a CSV file as Athena writes it. */
class Result implements Sink {
  readonly #record: Record;
  readonly #records: Records;
  readonly #folder: string;
  #pending: (string | null)[][] = [];
  #pages = 0;
  #csv: WriteStream | null = null;

  constructor(record: Record, records: Records, folder: string) {
    this.#record = record;
    this.#records = records;
    this.#folder = folder;
  }

  async columns(columns: Parameters<Sink['columns']>[0], header: boolean): Promise<void> {
    this.#record.columns = columns.map(columnInfo);
    this.#record.header = header;
    this.#pending = header ? [columns.map((c) => c.name)] : [];
    this.#pages = 0;
    this.#record.rowCount = 0;
    if (this.#record.output === null) return;
    await mkdir(this.#folder, { recursive: true });
    this.#csv = createWriteStream(this.#path());
    // A full disk is told by `finished`; without a listener it would end the process before that.
    this.#csv.on('error', () => {});
    if (header) this.#write(this.#pending);
  }

  async rows(rows: (string | null)[][]): Promise<void> {
    this.#write(rows);
    for (const row of rows) {
      this.#pending.push(row);
      if (this.#pending.length >= ROWS_PER_FILE) this.#flush();
    }
  }

  async finish(engine: Engine): Promise<void> {
    if (this.#pending.length > 0) this.#flush();
    if (this.#csv === null) return;
    this.#csv.end();
    await finished(this.#csv);
    const suffix = this.#record.header ? 'csv' : 'txt';
    await engine.files.store(
      this.#path(),
      `${this.#record.output!.replace(/\/?$/, '/')}${this.#record.id}.${suffix}`,
      this.#record.header ? 'text/csv' : 'text/plain',
    );
    await rm(this.#path(), { force: true });
  }

  #path(): string {
    return join(this.#folder, `${this.#record.id}.csv`);
  }

  #flush(): void {
    this.#records.saveRows(this.#record.id, this.#pages++, this.#pending);
    this.#record.rowCount = (this.#record.rowCount ?? 0) + this.#pending.length;
    this.#pending = [];
  }

  /** Every value in double quotes, NULL as nothing at all; lines of SHOW and DESCRIBE as they are. */
  #write(rows: (string | null)[][]): void {
    if (this.#csv === null) return;
    const cell = (v: string | null): string => (v === null ? '' : `"${v.replaceAll('"', '""')}"`);
    const line = (row: (string | null)[]): string =>
      this.#record.header ? row.map(cell).join(',') : (row[0] ?? '');
    this.#csv.write(rows.map((row) => `${line(row)}\n`).join(''));
  }
}
