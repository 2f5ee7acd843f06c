import { PRICES, S3_SECONDS, WORKER_GB } from '../../../shared/core/prices.ts';
import { PUBLIC_TABLES } from '../../../shared/lake/tables.ts';
import { BATCH_LIMITS } from '../tasks.ts';
import type { MartPlan } from './mart-plans.ts';
import {
  MART_BYTES_A_SECOND,
  MICROSECONDS_AN_EVENT,
  REQUESTS,
  SECONDS_A_MART,
  SECONDS_A_TASK,
} from './rates.ts';
import type { SitePlan, Wanted } from './site-plan.ts';

/** Seconds on this machine, dollars as on AWS at list prices; of everything that may have to be computed. */
export interface Estimate {
  seconds: number;
  usd: number;
}

const TABLES = Object.keys(PUBLIC_TABLES);

interface Work {
  cpu: number;
  reads: number;
  writes: number;
  starts: number;
}

/** What a plan costs when all that is at most stale is computed. What stands in the index costs nothing. */
export function estimateOf(
  sites: readonly SitePlan[],
  marts: readonly MartPlan[],
  lanes: number,
): { bytes: { read: number; written: number }; estimate: Estimate } {
  const bytes = { read: 0, written: 0 };
  const work: Work = { cpu: 0, reads: 0, writes: 0, starts: 0 };
  const sizes: Record<string, number> = {};
  for (const { datasets } of sites) {
    const boundaries = (datasets.boundaries ?? []).filter(isMissing);
    for (const wanted of boundaries) {
      bytes.read += wanted.facts.bytes;
      work.cpu += SECONDS_A_TASK + cpuOf('boundaries', wanted);
      add(work, REQUESTS.boundaries);
      add(work, REQUESTS.edge);
    }
    const units = new Map<string, Wanted>();
    for (const table of TABLES) {
      for (const wanted of datasets[table as keyof typeof datasets] ?? []) {
        const size = wanted.live?.bytes ?? wanted.facts.bytes;
        sizes[table] = (sizes[table] ?? 0) + size;
        if (!isMissing(wanted)) continue;
        units.set(wanted.unit, wanted);
        bytes.written += size;
        work.cpu += cpuOf(table, wanted);
        add(work, REQUESTS.table);
      }
    }
    for (const { facts } of units.values()) {
      bytes.read += facts.bytes;
      work.cpu += SECONDS_A_TASK;
      add(work, REQUESTS.facts);
    }
    const calls = (count: number): number => Math.ceil(count / BATCH_LIMITS.units);
    if (boundaries.length + units.size > 0) work.starts += 1 + calls(boundaries.length) + calls(units.size);
  }
  const building = marts.filter(({ state }) => state !== 'untouched');
  const scanned = building.map(({ inputs }) => inputs.reduce((sum, input) => sum + (sizes[input] ?? 0), 0));
  const athena = building.reduce(
    (sum, { queries }, i) =>
      sum + Math.max(scanned[i]!, PRICES.scannedAtLeast) + (queries - 1) * PRICES.scannedAtLeast,
    0,
  );
  const martSeconds = scanned.reduce((sum, size) => sum + SECONDS_A_MART + size / MART_BYTES_A_SECOND, 0);
  const lambda = (work.cpu + (work.reads + work.writes) * S3_SECONDS) * WORKER_GB * PRICES.gigabyteSecond;
  const usd =
    lambda +
    work.starts * PRICES.start +
    work.reads * PRICES.read +
    work.writes * PRICES.write +
    athena * PRICES.scanned;
  return { bytes, estimate: { seconds: work.cpu / lanes + martSeconds, usd } };
}

/** Whether it may have to be computed. */
const isMissing = ({ reason, known }: Wanted): boolean => reason !== null && known === undefined;

function cpuOf(dataset: string, { facts }: Wanted): number {
  return (facts.rows * (MICROSECONDS_AN_EVENT[dataset] ?? MICROSECONDS_AN_EVENT['sessions']!)) / 1e6;
}

function add(work: Work, { reads, writes }: { reads: number; writes: number }): void {
  work.reads += reads;
  work.writes += writes;
}
