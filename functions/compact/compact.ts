import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { RetconError } from '../../shared/core/errors.ts';
import { rejectedRecord } from '../../shared/core/event/rejected.ts';
import { groupBy } from '../../shared/core/group-by.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import type { LandingIndex, LandingUnit } from '../../shared/lake/landing.ts';
import { landingMember, openLanding } from '../../shared/lake/landing-reader.ts';
import { loadSite } from '../../shared/lake/sites.ts';
import type { Bus } from '../../shared/ports/bus.ts';
import type { Log } from '../../shared/ports/log.ts';
import { compactUnit } from './compact-unit.ts';
import type { Unreadable } from './incoming.ts';
import { waitFor } from './patience.ts';

export interface CompactDeps {
  lake: Lake;
  bus: Bus;
  log: Log;
  /** Sends landing objects here again after so many seconds; absent, nothing ever waits. */
  later?: (keys: readonly string[], seconds: number) => Promise<void>;
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
      if (!isCorrupt(cause)) failed.set(key, cause as Error);
      else await quarantine(deps, '', [{ object: key, line: 0, reason: cause.message, body: '' }]);
    }
  }
  const bySite = groupBy([...places], ([id]) => id.slice(0, id.indexOf('/')));
  await Promise.all(
    [...bySite].map(async ([site, units]) => {
      for (const [id, objects] of units) {
        try {
          await compactOne(deps, site, id.slice(site.length + 1), objects);
        } catch (cause) {
          for (const key of objects.keys()) failed.set(key, cause as Error);
        }
      }
    }),
  );
  return failed;
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
    const pending = [...objects.keys()].filter((key) => !state?.consumed[key]);
    const freshness = (await loadSite(deps.lake.objects, site))?.freshness_seconds ?? 0;
    const wait = pending.length === 0 ? 0 : waitFor(state, freshness * 1000, deps.lake.clock.now());
    if (wait > 0) return deps.later(pending, Math.min(LONGEST_DELAY, Math.ceil(wait / 1000)));
  }
  const result = await compactUnit(
    {
      objects: deps.lake.objects,
      log,
      fetch: (key) => fetchLines(deps, key, objects.get(key)!),
      quarantine: (unreadable) => quarantine(deps, site, unreadable),
    },
    unit,
    [...objects.keys()],
  );
  if (result.outcome === 'compacted') {
    const { rows, digest } = result.facts;
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

async function fetchLines(deps: CompactDeps, key: string, place: Place): Promise<Buffer> {
  const member = await landingMember(deps.lake.objects, key, place.index, place.unit);
  try {
    return gunzipSync(member);
  } catch (cause) {
    throw new RetconError('corrupt_landing', `the rows of ${place.unit.site} cannot be unpacked`, { cause });
  }
}

function isCorrupt(cause: unknown): cause is RetconError {
  return cause instanceof RetconError && cause.code === 'corrupt_landing';
}

/**
 * Puts what cannot become facts under `rejected/`, with its reason. The name derives from what it is
 * about, so that a repeated call adds nothing.
 */
async function quarantine(deps: CompactDeps, site: string, unreadable: readonly Unreadable[]): Promise<void> {
  for (const [object, lines] of groupBy(unreadable, (entry) => entry.object)) {
    deps.log.warn('landed rows put aside', { object, lines: lines.length, reason: lines[0]!.reason });
    const landedAt = Number(/\/(\d{13})-[0-9a-f]+\.ndjson\.gz$/.exec(object)?.[1] ?? deps.lake.clock.now());
    const records = lines.map(({ line, reason, body }) =>
      rejectedRecord({
        received_at: landedAt,
        site,
        reason: 'corrupt_landing',
        detail: line === 0 ? `${object}: ${reason}` : `${object}, line ${line}: ${reason}`,
        source: 'compact',
        body,
      }),
    );
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    const name = createHash('sha256').update(`${site}\n${object}\n${text}`).digest('hex').slice(0, 32);
    const dt = new Date(landedAt).toISOString().slice(0, 10);
    await deps.lake.objects.put(`rejected/dt=${dt}/compact-${name}.ndjson.gz`, gzipSync(text), {
      ifAbsent: true,
    });
  }
}
