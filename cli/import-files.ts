import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { erasedName } from '../shared/core/erased-visitors.ts';
import { rejectedRecord } from '../shared/core/event/rejected.ts';
import type { LandingRecord, RejectedRecord } from '../shared/core/event/types.ts';
import type { Site } from '../shared/core/site.ts';
import { unitOf } from '../shared/core/unit.ts';
import { openInput } from '../shared/import/input.ts';
import { type ImportOptions, importBatches } from '../shared/import/rows.ts';
import type { Lake } from '../shared/lake/lake.ts';
import { writeBatch } from '../shared/lake/landing-batch.ts';
import { checkOffset, openSite } from '../shared/lake/opening.ts';

/** Events of one landing object: enough to make compaction worth its start, little enough to hold. */
const BATCH = 100_000;

/** What reading a file gave; `read` is the sum of the others. */
export interface ImportCounts {
  read: number;
  landed: number;
  skipped: number;
  rejected: number;
  /** Skipped and rejected rows by reason. */
  reasons: Record<string, number>;
  /** Landing objects that were written, with their units. */
  objects: { key: string; units: string[] }[];
}

/**
 * Reads one file and lands its events for the site. Nothing is compacted yet: the landing objects
 * announce themselves. A file that can't be read to its end throws, after what was read has landed.
 */
export async function importFile(
  lake: Lake,
  site: Site,
  path: string,
  stdin: Readable,
  options: Omit<ImportOptions, 'site'>,
  progress: (rows: number) => void = () => {},
): Promise<ImportCounts> {
  const opened = await openSite(lake, site);
  checkOffset(site, opened);
  const counts: ImportCounts = { read: 0, landed: 0, skipped: 0, rejected: 0, reasons: {}, objects: [] };
  let records: LandingRecord[] = [];
  let rejected: RejectedRecord[] = [];
  const flush = async (): Promise<void> => {
    if (records.length === 0 && rejected.length === 0) return;
    const sum = createHash('sha256').update(`${process.pid} ${counts.read} ${path}`);
    for (const record of records) sum.update(record.event_id);
    const landed = await writeBatch(lake.objects, {
      now: lake.clock.now(),
      digest: sum.digest('hex'),
      records,
      rejected,
      unitOf: (record) => unitOf(record.event_time, opened.day_offset_minutes),
    });
    if (landed.landing) {
      counts.objects.push({ key: landed.landing.key, units: landed.landing.units.map(({ unit }) => unit) });
    }
    records = [];
    rejected = [];
  };
  const count = (name: string): void => {
    counts.reasons[name] = (counts.reasons[name] ?? 0) + 1;
  };
  const erased = lake.log(site.site).folded.erased ?? {};
  const none = Object.keys(erased).length === 0;
  const wasErased = ({ visitor_id, received_at }: LandingRecord): boolean =>
    !none && received_at <= (erased[erasedName(site.site, visitor_id)] ?? -1);
  const input = await openInput(path, stdin);
  try {
    for await (const batch of importBatches(input, { ...options, site })) {
      for (const row of batch) {
        counts.read++;
        if ('ok' in row && wasErased(row.ok)) {
          counts.skipped++;
          count('erased');
        } else if ('ok' in row) {
          counts.landed++;
          records.push(row.ok);
        } else if ('skipped' in row) {
          counts.skipped++;
          count(row.skipped);
        } else {
          counts.rejected++;
          count(row.rejected.reason);
          const { reason, detail, body } = row.rejected;
          const where = { received_at: lake.clock.now(), site: site.site, source: `import:${input.name}` };
          rejected.push(rejectedRecord({ ...where, reason, detail, body }));
        }
        if (records.length >= BATCH) await flush();
      }
      progress(counts.read);
    }
  } finally {
    await flush();
  }
  return counts;
}

/** New facts among the events that these objects landed, from the log; call it after they were compacted. */
export async function acceptedFrom(lake: Lake, site: string, counts: ImportCounts): Promise<number> {
  const index = await lake.log(site).read();
  let accepted = 0;
  for (const { key, units } of counts.objects) {
    for (const unit of units) accepted += index.units[unit]?.accepted[key] ?? 0;
  }
  return accepted;
}
