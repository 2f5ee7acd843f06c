import { PRICES, S3_SECONDS, WORKER_GB } from '../../../shared/core/prices.ts';
import { PUBLIC_TABLES, type PublicTable } from '../../../shared/lake/tables.ts';
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

const TABLES = Object.keys(PUBLIC_TABLES) as PublicTable[];

/** What computing all that is at most stale on a site takes. What stands in the index takes nothing. */
export interface SiteWork {
  /** CPU seconds. */
  cpu: number;
  reads: number;
  writes: number;
  starts: number;
  bytesRead: number;
  bytesWritten: number;
  /** Bytes of each public table, as it will be. */
  sizes: Partial<Record<PublicTable, number>>;
}

/** What a site's results take. */
export function workOf({ datasets }: SitePlan): SiteWork {
  const work = { cpu: 0, reads: 0, writes: 0, starts: 0, bytesRead: 0, bytesWritten: 0 };
  const sizes: SiteWork['sizes'] = {};
  const boundaries = (datasets.boundaries ?? []).filter(isMissing);
  for (const wanted of boundaries) {
    work.bytesRead += wanted.facts.bytes;
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
      work.bytesWritten += size;
      work.cpu += cpuOf(table, wanted);
      add(work, REQUESTS.table);
    }
  }
  for (const { facts } of units.values()) {
    work.bytesRead += facts.bytes;
    work.cpu += SECONDS_A_TASK;
    add(work, REQUESTS.facts);
  }
  const calls = (count: number): number => Math.ceil(count / BATCH_LIMITS.units);
  if (boundaries.length + units.size > 0) work.starts += 1 + calls(boundaries.length) + calls(units.size);
  return { ...work, sizes };
}

/** What a plan costs when all that is at most stale is computed. */
export function estimateOf(
  sites: readonly SiteWork[],
  marts: readonly MartPlan[],
  lanes: number,
): { bytes: { read: number; written: number }; estimate: Estimate } {
  const sum = (of: (work: SiteWork) => number): number => sites.reduce((total, work) => total + of(work), 0);
  const size = (input: string): number => sum(({ sizes }) => sizes[input as PublicTable] ?? 0);
  const building = marts.filter(({ state }) => state !== 'untouched');
  const scanned = building.map(({ inputs }) => inputs.reduce((total, input) => total + size(input), 0));
  const athena = building.reduce(
    (total, { queries }, i) =>
      total + Math.max(scanned[i]!, PRICES.scannedAtLeast) + (queries - 1) * PRICES.scannedAtLeast,
    0,
  );
  const martSeconds = scanned.reduce(
    (total, bytes) => total + SECONDS_A_MART + bytes / MART_BYTES_A_SECOND,
    0,
  );
  const cpu = sum((work) => work.cpu);
  const [reads, writes] = [sum((work) => work.reads), sum((work) => work.writes)];
  const lambda = (cpu + (reads + writes) * S3_SECONDS) * WORKER_GB * PRICES.gigabyteSecond;
  const usd =
    lambda +
    sum(({ starts }) => starts) * PRICES.start +
    reads * PRICES.read +
    writes * PRICES.write +
    athena * PRICES.scanned;
  return {
    bytes: { read: sum(({ bytesRead }) => bytesRead), written: sum(({ bytesWritten }) => bytesWritten) },
    estimate: { seconds: cpu / lanes + martSeconds, usd },
  };
}

/** Whether it may have to be computed. */
const isMissing = ({ reason, known }: Wanted): boolean => reason !== null && known === undefined;

function cpuOf(dataset: string, { facts }: Wanted): number {
  return (facts.rows * (MICROSECONDS_AN_EVENT[dataset] ?? MICROSECONDS_AN_EVENT['sessions']!)) / 1e6;
}

function add(
  work: Pick<SiteWork, 'reads' | 'writes'>,
  { reads, writes }: { reads: number; writes: number },
): void {
  work.reads += reads;
  work.writes += writes;
}
