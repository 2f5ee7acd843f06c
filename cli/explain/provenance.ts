import { factsFiles } from '../../shared/lake/facts.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import type { Dataset, UnitState } from '../../shared/lake/site-index.ts';

/** What the rows of one site and local day are made of, unit by unit. */
export interface DayOrigin {
  site: string;
  dt: string;
  unit: string;
  results: { dataset: Dataset; key: string; made_at: string; rows: number; files: string[] }[];
  facts: { files: string[]; rows: number; digest: string; changed_at: string };
  /** Landing objects whose events are in the facts, and how many each brought that were new. */
  landing: { object: string; accepted: number }[];
}

/**
 * Where the rows of a day come from: every unit that writes into it (at most two, but where clocks are set
 * back), the results of it, the facts these were computed from, and the objects in which the facts came.
 *
 * @param slices of the release, by dataset
 * @param table whose rows are asked about; results that it doesn't hang on are left out
 */
export async function originOf(
  lake: Lake,
  site: string,
  dt: string,
  slices: Record<string, string>,
  table: 'events' | 'sessions',
): Promise<DayOrigin[]> {
  const { units } = await lake.log(site).read();
  const slice = slices[table]!;
  return Object.keys(units)
    .sort()
    .filter((unit) => units[unit]!.results[table]?.[slice]?.parts?.some((part) => part.dt === dt))
    .map((unit) => ({ site, dt, unit, ...origin(units[unit]!, slices, table, dt) }));
}

function origin(state: UnitState, slices: Record<string, string>, table: 'events' | 'sessions', dt: string) {
  const facts = state.facts!;
  const results = (['boundaries', 'stitches', 'crossings', table] as const).flatMap((dataset) => {
    const ref = state.results[dataset]?.[slices[dataset === table ? table : 'boundaries']!];
    if (ref === undefined) return [];
    const parts = (ref.parts ?? []).filter((part) => part.dt === dt).map(({ folder }) => folder);
    const files = ref.object ? [ref.object] : parts;
    return [{ dataset, key: ref.key, made_at: time(ref.made_at), rows: ref.rows, files }];
  });
  const landing = Object.keys(state.consumed)
    .sort()
    .map((object) => ({ object, accepted: state.accepted[object] ?? 0 }));
  return {
    results,
    facts: {
      files: factsFiles(facts).map(({ object }) => object),
      rows: facts.rows,
      digest: facts.digest,
      changed_at: time(state.changed_at),
    },
    landing,
  };
}

const time = (ms: number): string => new Date(ms).toISOString();
