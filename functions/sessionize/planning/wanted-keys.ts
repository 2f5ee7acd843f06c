import { type Candidate, targetId } from '../../../shared/lake/candidate.ts';
import type { LeanIndex, LeanResult } from '../../../shared/lake/site-index.ts';
import { hashOf, type PlannedDataset } from '../../../shared/lake/slices.ts';
import { PUBLIC_TABLES, type PublicTable } from '../../../shared/lake/tables.ts';
import { boundariesKey } from '../boundaries.ts';
import {
  crossingsKey,
  inputsAfter,
  inputsBefore,
  neighbour,
  nothingMeets,
  stitchesKey,
} from '../edge-keys.ts';
import { hitsKey } from '../hits.ts';
import { narrowReach, readyName } from '../reach.ts';
import { tableKey } from '../tables.ts';
import type { Target } from '../target.ts';
import { steadyDefinition } from '../unit-definitions.ts';
import type { LeanPlan } from '../unit-plan.ts';
import { followHits, type HitsKnown } from './wanted-hits.ts';

const TABLES = Object.keys(PUBLIC_TABLES) as PublicTable[];

/** The key of every result that is wanted of a unit; null: it hangs on digests that nobody has computed yet. */
export type WantedKeys = Partial<Record<PlannedDataset, string | null>>;

/** What a site's log says to be whole for its facts of now: there keys need not be worked out. */
export interface Standing {
  /** Where sessions start, and what crosses the edges. */
  edges: boolean;
  tables: ReadonlySet<PublicTable>;
}

/** What of a candidate stands in a site's index already, by what the log notes of it and of the live release. */
export function standingOf(index: LeanIndex, candidate: Candidate, live: Candidate): Standing {
  const whole = (name: string): boolean => index.ready[name] === index.facts_n;
  const own = targetId(candidate);
  if (whole(own)) return { edges: true, tables: new Set(TABLES) };
  const tables = new Set<PublicTable>();
  let edges = Object.keys(index.ready).some((name) => name.startsWith(own) && whole(name));
  const narrow = narrowReach(null);
  if (whole(readyName(own, narrow))) for (const table of narrow.tables) tables.add(table);
  if (whole(targetId(live))) {
    const same = (dataset: string): boolean => candidate.slices[dataset] === live.slices[dataset];
    edges ||= same('boundaries');
    for (const table of TABLES) if (same(table)) tables.add(table);
  }
  return { edges, tables };
}

/**
 * The keys wanted of a site's units, as far as they can be told without computing anything: the same functions
 * as when it is done, followed from result to result while these stand in the index.
 *
 * @param plans of every unit with facts, in order of time; what is known is filled in
 */
export function wantedKeys(target: Target, plans: readonly LeanPlan[], standing: Standing): WantedKeys[] {
  const stands = standing.edges && plans.every(({ had }) => had.boundaries && had.stitches && had.crossings);
  const boundaries = plans.map((plan) => (stands ? takeStanding(plan) : findBoundaries(target, plan)));
  if (!stands) followEdges(target, plans);
  const hits = followHits(target, plans);
  return plans.map((plan, index) => {
    const keys: WantedKeys = { boundaries: boundaries[index]! };
    for (const table of TABLES) {
      const key = keyOfTable(target, plan, table, standing.tables.has(table), hits[index]!);
      if (key !== undefined) keys[table] = key;
    }
    return keys;
  });
}

function takeStanding(plan: LeanPlan): string {
  for (const dataset of ['boundaries', 'stitches', 'crossings'] as const) {
    plan.results[dataset] = plan.had[dataset]!;
  }
  return plan.results.boundaries!.key;
}

function findBoundaries(target: Target, plan: LeanPlan): string {
  const key = boundariesKey(target, plan.unit, plan.facts);
  fill(plan, 'boundaries', plan.known.get(key));
  return key;
}

function followEdges(target: Target, plans: readonly LeanPlan[]): void {
  for (const [index, plan] of plans.entries()) {
    const before = neighbour(plans, index, -1);
    const own = plan.results.boundaries;
    if (own === undefined) continue;
    if (before && (before.results.boundaries === undefined || before.results.stitches === undefined))
      continue;
    const inputs = inputsBefore(before?.results, own);
    const key = stitchesKey(target, plan.unit, inputs);
    fill(plan, 'stitches', plan.known.get(key) ?? (nothingMeets(inputs) ? nothing(key) : undefined));
  }
  for (let index = plans.length - 1; index >= 0; index--) {
    const plan = plans[index]!;
    const next = neighbour(plans, index, 1);
    if (next && next.results.stitches === undefined) continue;
    const inputs = inputsAfter(next?.results);
    if (next && inputs.heads !== 'none' && next.results.crossings === undefined) continue;
    const key = crossingsKey(target, plan.unit, inputs);
    fill(plan, 'crossings', plan.known.get(key) ?? (inputs.heads === 'none' ? nothing(key) : undefined));
  }
}

function fill(plan: LeanPlan, dataset: keyof LeanPlan['results'], ref: LeanResult | undefined): void {
  if (ref !== undefined) plan.results[dataset] = ref;
}

/** What stitching finds where nothing crosses an edge: known without looking. */
function nothing(key: string): LeanResult {
  const edges = { carried: 'none', overrides: 'none', heads: 'none' };
  return { key, digest: 'none', bytes: 0, edges };
}

/** Undefined: no such result is wanted of the unit. */
function keyOfTable(
  target: Target,
  plan: LeanPlan,
  table: PublicTable,
  stands: boolean,
  hits: HitsKnown,
): string | null | undefined {
  const had = plan.had[table];
  if (stands && had !== undefined) return had.key;
  const { unit, facts, results } = plan;
  if (table === 'conversions') {
    const none = hits !== 'own' && (results.hits?.hits?.conversions ?? 0) === 0;
    return stands || none ? undefined : null;
  }
  const { boundaries, stitches, crossings } = results;
  if (boundaries === undefined || stitches === undefined || crossings === undefined) return null;
  if (table === 'sessions' && hits !== 'known') {
    // Hits that nobody has found yet hang on nothing that the sessions' key doesn't, where no rule changes
    // within days: surely it is another one.
    const place = { context: target.context, unit };
    if (hits === 'later' || steadyDefinition(place) === null) return null;
    return hashOf(['sessions', hitsKey(target, unit, facts, { boundaries, stitches, crossings })]);
  }
  return tableKey(target, table, unit, facts, results);
}
