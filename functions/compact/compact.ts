import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import { landedAt } from '../../shared/core/erased-visitors.ts';
import { rejectedRecord } from '../../shared/core/event/rejected.ts';
import { groupBy } from '../../shared/core/group-by.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import { isCorruptLanding, type LandingIndex, type LandingUnit } from '../../shared/lake/landing.ts';
import { landingMember, openLanding } from '../../shared/lake/landing-reader.ts';
import { foldLedger, unconsumed } from '../../shared/lake/ledger.ts';
import { loadSite } from '../../shared/lake/sites.ts';
import { type OutOfTime, outOfTime } from '../../shared/out-of-time.ts';
import type { Bus } from '../../shared/ports/bus.ts';
import type { Log } from '../../shared/ports/log.ts';
import { compactUnit } from './compact-unit.ts';
import type { Unreadable } from './landed-files.ts';
import { COMPACT_LIMITS, type CompactLimits } from './limits.ts';
import { waitFor } from './patience.ts';

export interface CompactDeps {
  lake: Lake;
  bus: Bus;
  log: Log;
  /** Sends landing objects here again after so many seconds; absent, nothing ever waits. */
  later?: (keys: readonly string[], seconds: number) => Promise<void>;
  /** Whether to begin no other unit. */
  outOfTime?: OutOfTime;
  /** How much is taken on at once, for tests. */
  limits?: Partial<CompactLimits>;
}

/** The longest that SQS holds a message back. */
const LONGEST_DELAY = 900;

interface Place {
  index: LandingIndex;
  unit: LandingUnit;
}

/**
 * Brings landing objects into facts: reads their indexes, then compacts each (site, unit) that they
 * hold, and announces the partitions that changed. Landing objects that were compacted before, in
 * whole or in part, cost a look and change nothing.
 *
 * @returns the landing objects that could not be dealt with and must come again, with the cause
 */
export async function compactLanding(
  deps: CompactDeps,
  keys: readonly string[],
): Promise<Map<string, Error>> {
  const failed = new Map<string, Error>();
  const places = new Map<string, Map<string, Place>>();
  for (const key of new Set(keys)) {
    try {
      const index = await openLanding(deps.lake.objects, key);
      if (index === null) continue; // removed meanwhile: nothing is left to bring in
      for (const unit of index.units) {
        const id = `${unit.site}/${unit.unit}`;
        const objects = places.get(id) ?? new Map<string, Place>();
        places.set(id, objects.set(key, { index, unit }));
      }
    } catch (cause) {
      if (!isCorruptLanding(cause)) failed.set(key, cause as Error);
      else await quarantine(deps, '', [{ object: key, line: 0, reason: cause.message, body: '' }]);
    }
  }
  const left = new Set<string>();
  const bySite = groupBy([...places], ([id]) => id.slice(0, id.indexOf('/')));
  await Promise.all(
    [...bySite].map(async ([site, units]) => {
      for (const [id, objects] of units) {
        if (deps.outOfTime?.()) {
          for (const key of objects.keys()) left.add(key);
          continue;
        }
        try {
          await compactOne(deps, site, id.slice(site.length + 1), objects);
        } catch (cause) {
          for (const key of objects.keys()) failed.set(key, cause as Error);
        }
      }
      await tidyLedger(deps, site);
    }),
  );
  await sendOn(deps, left, failed);
  return failed;
}

/** What there was no time for comes again at once where that can be asked for, else as what failed does. */
async function sendOn(
  deps: CompactDeps,
  left: ReadonlySet<string>,
  failed: Map<string, Error>,
): Promise<void> {
  const keys = [...left].filter((key) => !failed.has(key));
  if (keys.length === 0) return;
  let cause: Error = outOfTime('not all units are compacted');
  if (deps.later !== undefined) {
    try {
      return await deps.later(keys, 0);
    } catch (problem) {
      cause = problem as Error;
    }
  }
  for (const key of keys) failed.set(key, cause);
}

/** Keeps the site's index small. Nothing depends on it: when it fails, the next call tries again. */
async function tidyLedger(deps: CompactDeps, site: string): Promise<void> {
  const { objects, clock } = deps.lake;
  try {
    await foldLedger(objects, deps.lake.log(site), clock.now(), deps.limits?.ledgerEntries);
  } catch (cause) {
    deps.log.warn('old entries of the ledger stay in the index', { site, cause: (cause as Error).message });
  }
}

async function compactOne(deps: CompactDeps, site: string, unit: string, objects: Map<string, Place>) {
  const log = deps.lake.log(site);
  if ((await log.read()).opened === null) {
    const reason = `site "${site}" was never opened in this lake`;
    const lines = [...objects.keys()].map((object) => ({ object, line: 0, reason, body: '' }));
    return quarantine(deps, site, lines);
  }
  if (deps.later !== undefined) {
    const state = log.folded.units[unit];
    const asked = [...objects.keys()].map((object) => ({ object }));
    const pending = await unconsumed(deps.lake.objects, log.folded, unit, asked);
    const freshness = (await loadSite(deps.lake.objects, site))?.freshness_seconds ?? 0;
    const wait = pending.length === 0 ? 0 : waitFor(state, freshness * 1000, deps.lake.clock.now());
    if (wait > 0)
      return deps.later(
        pending.map(({ object }) => object),
        Math.min(LONGEST_DELAY, Math.ceil(wait / 1000)),
      );
  }
  const result = await compactUnit(
    {
      objects: deps.lake.objects,
      log,
      limits: { ...COMPACT_LIMITS, ...deps.limits },
      fetch: (key) => memberOf(deps.lake, key, objects.get(key)!),
      quarantine: (unreadable) => quarantine(deps, site, unreadable),
    },
    unit,
    [...objects].map(([object, place]) => ({ object, rows: place.unit.count })),
  );
  if (result.outcome === 'compacted') {
    const { rows, digest } = result.facts;
    deps.log.info('compacted', { site, unit, rows, added: result.added });
    const neighbours = result.neighbours.map(({ unit: name, facts }) => ({
      type: 'Partition Compacted',
      detail: { site, unit: name, rows: facts.rows, added: 0, digest: facts.digest },
    }));
    await deps.bus.announce([
      { type: 'Partition Compacted', detail: { site, unit, rows, added: result.added, digest } },
      ...neighbours,
    ]);
  }
}

/** The rows of a unit; an erasure may have written the object anew since its index was read. */
async function memberOf({ objects }: Lake, key: string, { index, unit }: Place): Promise<Buffer> {
  try {
    return await landingMember(objects, key, index, unit);
  } catch (cause) {
    const now = isCorruptLanding(cause) ? await openLanding(objects, key) : null;
    const again = now?.units.find((one) => one.site === unit.site && one.unit === unit.unit);
    if (!now || !again || (now.start === index.start && isDeepStrictEqual(again, unit))) throw cause;
    return landingMember(objects, key, now, again);
  }
}

/**
 * Puts what cannot become facts under `rejected/`, with its reason. The name derives from what it is
 * about, so that a repeated call adds nothing.
 */
async function quarantine(deps: CompactDeps, site: string, unreadable: readonly Unreadable[]): Promise<void> {
  for (const [object, lines] of groupBy(unreadable, (entry) => entry.object)) {
    deps.log.warn('landed rows put aside', { object, lines: lines.length, reason: lines[0]!.reason });
    const landed = landedAt(object) ?? deps.lake.clock.now();
    const records = lines.map(({ line, reason, body }) =>
      rejectedRecord({
        received_at: landed,
        site,
        reason: 'corrupt_landing',
        detail: line === 0 ? `${object}: ${reason}` : `${object}, line ${line}: ${reason}`,
        source: 'compact',
        body,
      }),
    );
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    const name = createHash('sha256').update(`${site}\n${object}\n${text}`).digest('hex').slice(0, 32);
    const dt = new Date(landed).toISOString().slice(0, 10);
    await deps.lake.objects.put(`rejected/dt=${dt}/compact-${name}.ndjson.gz`, gzipSync(text), {
      ifAbsent: true,
    });
  }
}
