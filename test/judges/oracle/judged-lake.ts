import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FaultHook } from '../../../local/aws/index.ts';
import { type LocalLake, openLocalLake } from '../../../local/lake.ts';
import { parseDefinition } from '../../../shared/core/definition/parse.ts';
import type { LandingRecord } from '../../../shared/core/event/types.ts';
import { parseSite } from '../../../shared/core/site-file.ts';
import { unitOf } from '../../../shared/core/unit.ts';
import { ensureRelease } from '../../../shared/lake/first-release.ts';
import { writeBatch } from '../../../shared/lake/landing-batch.ts';
import { openSite } from '../../../shared/lake/opening.ts';
import { storeSite } from '../../../shared/lake/sites.ts';
import { readResultFile } from './result-file.ts';

/** A site file's content. */
export interface JudgedSite {
  site: string;
  [field: string]: unknown;
}

export interface JudgedLake {
  /** The lake itself; another object after `kill`. */
  readonly local: LocalLake;
  /** Time goes on by so many ms, for the functions. */
  passes(ms: number): void;
  /** Works until so many calls have gone through, as if the process had been killed then, and starts anew. */
  kill(calls: number): Promise<void>;
  /** Writes one landing object. */
  land(records: readonly LandingRecord[]): Promise<void>;
  /** Runs every function until nothing is left to do. Throws with what any of them logged as an error. */
  drain(): Promise<void>;
  /** All rows of a public table, as Athena prints values. */
  rows(table: string, columns: readonly string[]): Promise<(string | null)[][]>;
  close(): Promise<void>;
}

/** A lake of many sites in a folder of its own, with the definition as its first release. JSON is YAML. */
export async function openJudgedLake(
  definition: unknown,
  sites: readonly JudgedSite[],
  marts: Record<string, string>,
): Promise<JudgedLake> {
  const home = mkdtempSync(join(tmpdir(), 'retcon-judge-'));
  let errors: string[] = [];
  let shift = 0;
  const clock = { now: () => Date.now() + shift };
  // How many calls the process at work still makes; one that was killed makes none any more, nor is it heard.
  let life = { calls: Number.POSITIVE_INFINITY };
  let starts = 0;
  const start = (): Promise<LocalLake> => {
    const own = { calls: Number.POSITIVE_INFINITY };
    const heard: string[] = [];
    life = own;
    errors = heard;
    const complain = (message: string, about?: object): void => {
      heard.push(`${message} ${JSON.stringify(about)}`);
    };
    const log = { info: () => {}, warn: complain, error: complain };
    const fault: FaultHook = (_, phase) => {
      if (phase === 'before') own.calls--;
      if (own.calls < 0) throw Object.assign(new Error('killed'), { code: 'EKILLED' });
      return undefined;
    };
    // Claims of a killed process end with time.
    const timers = { now: () => Date.now() + starts * 3_600_000 };
    return openLocalLake({ home, log, clock, timers, fault });
  };
  let lake = await start();
  const offsets = new Map<string, number>();
  for (const site of sites) {
    const parsed = parseSite(JSON.stringify(site), `sites/${site.site}.yaml`);
    await storeSite(lake.lake, parsed);
    offsets.set(site.site, (await openSite(lake.lake, parsed)).day_offset_minutes);
  }
  const rules = parseDefinition(JSON.stringify(definition), 'default.yaml');
  await ensureRelease(lake.lake, lake.bus, rules, marts, 'judge');
  let batches = 0;
  return {
    get local() {
      return lake;
    },
    passes(ms) {
      shift += ms;
    },
    async kill(calls) {
      life.calls = calls;
      await lake.runtime.drain().catch(() => {});
      await lake.runtime.stop();
      life.calls = -1;
      starts++;
      lake = await start();
    },
    async land(records) {
      await writeBatch(lake.objects, {
        now: lake.clock.now(),
        digest: `${batches++}`.padStart(16, '0'),
        records,
        rejected: [],
        unitOf: (record) => unitOf(record.event_time, offsets.get(record.site)!),
      });
    },
    async drain() {
      await lake.runtime.drain();
      if (errors.length > 0) throw new Error(errors.join('\n'));
    },
    async rows(table, columns) {
      const { id } = await lake.queries.execute(`SELECT ${columns.join(', ')} FROM ${table}`);
      const file = await lake.objects.get(`results/${id}.csv`);
      return readResultFile(file!.body.toString('utf8'));
    },
    async close() {
      await lake.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
