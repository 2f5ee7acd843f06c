import { dateOfDay, dayOfDate } from '../../shared/core/unit.ts';
import { conversionsKey, lookBack } from './conversions.ts';
import { hitsKey, wantsHits } from './hits.ts';
import type { Stage } from './obtain.ts';
import { type Reach, reaches } from './reach.ts';
import type { Target } from './target.ts';
import { touchesKey } from './touches.ts';
import type { UnitPlan } from './unit-plan.ts';

/** No session runs on into more than so many units behind the one in which it starts. */
const RUNS_ON_UNITS = 3;

/** What converts in each unit, and which sessions are internal; also just behind the days that are wanted. */
export function hitsStage(target: Target, { tables, range }: Reach): Stage {
  const behind = range && { from: range.from, to: dateOfDay(dayOfDate(range.to) + RUNS_ON_UNITS) };
  const wide = { tables, range: behind };
  return {
    keys({ unit, facts, results }) {
      const place = { context: target.context, unit };
      if (!wantsHits(place) || !reaches(wide, target.context, unit)) return {};
      return { hits: hitsKey(target, unit, facts, results as Required<UnitPlan['results']>) };
    },
    task({ unit, facts, results }, keys) {
      const { stitches, crossings } = results as Required<UnitPlan['results']>;
      return { stage: 'hits', unit, facts, keys, stitches, crossings };
    },
  };
}

/** Units in which something converts, or did by what stands in the index. */
const converting = ({ results, had }: UnitPlan): boolean =>
  (results.hits?.hits?.conversions ?? 0) > 0 || (had.conversions?.rows ?? 0) > 0;

/** Narrow sessions of the units that some conversion looks back at. */
export function touchesStage(target: Target, plans: readonly UnitPlan[], { tables }: Reach): Stage {
  const wanted = new Set<UnitPlan>();
  for (const plan of tables.includes('conversions') ? plans.filter(converting) : []) {
    for (const earlier of lookBack({ context: target.context, unit: plan.unit }, plans)) wanted.add(earlier);
  }
  return {
    keys(plan) {
      const { unit, results } = plan;
      return wanted.has(plan) ? { touches: touchesKey(target, unit, results.sessions!) } : {};
    },
    task: ({ unit, facts, results }, keys) => ({
      stage: 'touches',
      unit,
      facts,
      keys,
      sessions: results.sessions!,
    }),
  };
}

/** The table `conversions` of each unit in which something converts. */
export function conversionsStage(target: Target, plans: readonly UnitPlan[], { tables }: Reach): Stage {
  const before = (unit: string) =>
    lookBack({ context: target.context, unit }, plans).map(({ results }) => results.touches!);
  return {
    keys(plan) {
      if (!tables.includes('conversions') || !converting(plan)) return {};
      const { unit, results } = plan;
      return { conversions: conversionsKey(target, unit, results.hits, before(unit)) };
    },
    task({ unit, facts, results }, keys) {
      const hits = results.hits ?? { key: '', made_at: 0, digest: 'none', rows: 0, bytes: 0 };
      return { stage: 'conversions', unit, facts, keys, hits, touches: before(unit) };
    },
  };
}
