import { factsFiles } from '../../shared/lake/facts.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import { consumedBy } from '../../shared/lake/ledger.ts';
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
  const index = await lake.log(site).read();
  const { units } = index;
  const slice = slices[table]!;
  const writing = Object.keys(units)
    .sort()
    .filter((unit) => units[unit]!.results[table]?.[slice]?.parts?.some((part) => part.dt === dt));
  return Promise.all(
    writing.map(async (unit) => {
      const landed = await consumedBy(lake.objects, index, unit);
      return { site, dt, unit, ...origin(units[unit]!, landed, slices, table, dt) };
    }),
  );
}

function origin(
  state: UnitState,
  landed: Record<string, number>,
  slices: Record<string, string>,
  table: 'events' | 'sessions',
  dt: string,
) {
  const facts = state.facts!;
  const results = (['boundaries', 'stitches', 'crossings', table] as const).flatMap((dataset) => {
    const ref = state.results[dataset]?.[slices[dataset === table ? table : 'boundaries']!];
    if (ref === undefined) return [];
    const parts = (ref.parts ?? []).filter((part) => part.dt === dt).map(({ folder }) => folder);
    const files = ref.object ? [ref.object] : parts;
    return [{ dataset, key: ref.key, made_at: time(ref.made_at), rows: ref.rows, files }];
  });
  const landing = Object.keys(landed)
    .sort()
    .map((object) => ({ object, accepted: landed[object]! }));
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
