import type { GlueCatalog } from '../../../shared/clients/glue-catalog.ts';
import { dateOfDay, dayOfDate } from '../../../shared/core/unit.ts';
import { type Candidate, candidateOfRelease, targetId } from '../../../shared/lake/candidate.ts';
import { previewPrefix } from '../../../shared/lake/keys.ts';
import type { Lake } from '../../../shared/lake/lake.ts';
import { maintained } from '../../../shared/lake/maintained.ts';
import { everyMart } from '../../../shared/lake/mart-state.ts';
import type { Dataset } from '../../../shared/lake/site-index.ts';
import { forgetMart } from '../garbage/forget.ts';

/** As far as a session, or a copy, may reach from the unit of an event. */
const REACH_DAYS = 2;

/**
 * Results that are kept but that no arrival brings up to date - of releases that ended long ago, of proposals that were
 * looked at - would hold an erased visitor for as long as they are kept. So they leave the log for the units
 * around, and their marts and every preview go whole. Who goes back to such a release has them computed again.
 *
 * @returns results and marts that were forgotten, and previews that were removed
 */
export async function forgetUnmaintained(
  deps: { lake: Lake; catalog: GlueCatalog },
  site: string,
  units: readonly string[],
): Promise<{ results: number; marts: number; previews: number }> {
  const { lake } = deps;
  const kept = await maintained(lake);
  const candidates: Candidate[] = kept
    ? [kept.live, ...(kept.previous ? [kept.previous] : [])].map(candidateOfRelease)
    : [];
  candidates.push(...(kept?.applying ?? []));
  const slices = new Set(candidates.flatMap((one) => Object.values(one.slices)));
  const targets = new Set(candidates.map(targetId));
  const results = await forgetAround(lake, site, units, slices, targets);
  let marts = 0;
  for (const mart of await everyMart(lake)) {
    marts += await forgetMart(deps, mart, { slices, targets, proposals: new Set() });
  }
  const previews = await lake.objects.list(previewPrefix);
  for (const { key } of previews) await lake.objects.remove(key);
  return { results, marts, previews: previews.length };
}

async function forgetAround(
  lake: Lake,
  site: string,
  units: readonly string[],
  slices: ReadonlySet<string>,
  targets: ReadonlySet<string>,
): Promise<number> {
  const around = new Set(
    units.flatMap((unit) =>
      Array.from({ length: 2 * REACH_DAYS + 1 }, (_, i) => dateOfDay(dayOfDate(unit) + i - REACH_DAYS)),
    ),
  );
  const log = lake.log(site);
  for (;;) {
    const index = await log.read();
    const gone = [...around].flatMap((unit) =>
      Object.entries(index.units[unit]?.results ?? {}).flatMap(([dataset, bySlice]) =>
        Object.keys(bySlice)
          .filter((slice) => !slices.has(slice))
          .map((slice) => ({ dataset: dataset as Dataset, slice, unit, ref: null })),
      ),
    );
    if (gone.length === 0) return 0;
    if ((await log.append({ type: 'derived', results: gone })) === 'lost') continue;
    const ended = Object.keys(index.ready).filter((name) => !targets.has(name.split(' ')[0]!));
    while ((await log.append({ type: 'forgotten', slices: [], targets: ended })) === 'lost') await log.read();
    return gone.length;
  }
}
