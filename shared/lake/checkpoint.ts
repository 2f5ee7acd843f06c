import {
  type Dataset,
  LEAN_FACTS,
  LEAN_RESULT,
  type LeanIndex,
  type LeanResult,
  type LeanUnit,
  type SiteIndex,
  type UnitState,
} from './site-index.ts';

/**
 * A checkpoint's text: two lines of JSON, the index and before it the part of it that plans look at. Most of an
 * index is where things lie, which a plan of all history would read for nothing (docs/lake-format.md).
 */
export function checkpointText(index: SiteIndex): string {
  const units = Object.fromEntries(Object.entries(index.units).map(([name, unit]) => [name, leanUnit(unit)]));
  return `${JSON.stringify({ ...index, units })}\n${JSON.stringify(index)}`;
}

/** The index. Checkpoints of before have it alone. */
export function readCheckpoint(body: Buffer): SiteIndex {
  return JSON.parse(body.toString('utf8', body.indexOf('\n') + 1)) as SiteIndex;
}

/** What plans look at of it. */
export function readLean(body: Buffer): LeanIndex {
  const end = body.indexOf('\n');
  return JSON.parse(body.toString('utf8', 0, end < 0 ? body.length : end)) as LeanIndex;
}

function leanUnit({ facts, results }: UnitState): LeanUnit {
  const lean: LeanUnit = { facts: facts && pick(facts, LEAN_FACTS), results: {} };
  for (const [dataset, bySlice] of Object.entries(results)) {
    const refs = Object.entries(bySlice).map(([slice, ref]): [string, LeanResult] => [
      slice,
      pick(ref, LEAN_RESULT),
    ]);
    lean.results[dataset as Dataset] = Object.fromEntries(refs);
  }
  return lean;
}

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  const picked = {} as Pick<T, K>;
  for (const key of keys) if (from[key] !== undefined) picked[key] = from[key];
  return picked;
}
