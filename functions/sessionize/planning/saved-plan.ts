import type { Definition } from '../../../shared/core/definition/types.ts';
import { badInput } from '../../../shared/core/errors.ts';
import { parseMart } from '../../../shared/core/mart-file.ts';
import { type Candidate, candidateId } from '../../../shared/lake/candidate.ts';
import type { Read } from '../../../shared/lake/changes.ts';
import { hashOf } from '../../../shared/lake/slices.ts';
import type { Plan, Planned, TouchedKeys } from './plan.ts';

/** A plan as it is kept in a file: with all that it takes to apply it, whatever the files at hand say by then. */
export interface SavedPlan {
  format: 'retcon plan 1';
  /** The lake that it was made for (`lakeId`). */
  lake: string;
  at: string;
  plan: Plan;
  candidate: Candidate;
  definition: Definition;
  /** Mart name to SQL text. */
  marts: Record<string, string>;
  /** Hashes of the keys that it touches. */
  keys: TouchedKeys;
}

/** Why a saved plan is no longer what would be done, each a sentence. */
export interface Moved {
  /** `lake`: it is of another one; `head`: something was released since; `keys`: facts came since. */
  what: 'lake' | 'head' | 'keys';
  sentences: string[];
}

/** A plan's text for a file. */
export function savedPlan(saved: Omit<SavedPlan, 'format'>): string {
  return `${JSON.stringify({ format: 'retcon plan 1', ...saved }, null, 1)}\n`;
}

/** Reads a plan from a file's text. Throws `bad_plan` (exit 2) for anything that `savedPlan` didn't write. */
export function loadPlan(text: string, file: string): SavedPlan {
  const bad = (what: string) =>
    badInput('bad_plan', `${file} ${what}`, { field: 'plan', fix: 'write it anew: retcon plan --out FILE' });
  let saved: SavedPlan;
  try {
    saved = JSON.parse(text) as SavedPlan;
  } catch (cause) {
    throw bad(`is no plan: it is not JSON (${(cause as Error).message})`);
  }
  if (saved?.format !== 'retcon plan 1') throw bad('is no plan that this version knows');
  const { candidate, plan, definition, marts } = saved;
  const whole =
    candidate !== undefined &&
    candidateId(candidate) === plan?.id &&
    hashOf(definition ?? null) === candidate.definition &&
    Object.entries(candidate.marts).every(([name, hash]) => hashOf(marts?.[name] ?? null) === hash);
  if (!whole) throw bad('was changed by hand or cut off: its parts do not belong together');
  return saved;
}

/** What a saved plan proposes, read. */
export function readSaved({ candidate, definition, marts }: SavedPlan): Read {
  const parsed = Object.entries(marts).map(([name, sql]) => [name, parseMart(`${name}.sql`, sql)] as const);
  return { candidate, definition, marts: Object.fromEntries(parsed) };
}

/** Whether a saved plan is of this lake. A plan of another one is refused, never rebased. */
export function ofThisLake(saved: SavedPlan, lake: string): Moved | null {
  if (saved.lake === lake) return null;
  const sentences = ['the plan was made for another lake: nothing of what it counted is here'];
  return { what: 'lake', sentences };
}

/**
 * Whether a saved plan still says what would be done: null when it holds. It holds while the same release is live
 * and every key that it touches is what it was.
 *
 * @param now the same candidate planned again, against what is live now
 */
export function stillHolds(saved: SavedPlan, now: Planned): Moved | null {
  const { plan } = saved;
  if (now.plan.base !== plan.base) {
    const released = `release ${now.plan.base} is live by now; the plan was made against release ${plan.base}`;
    return { what: 'head', sentences: [released, ...differencesOf(saved.keys, now.keys)] };
  }
  const sentences = differencesOf(saved.keys, now.keys);
  return sentences.length === 0 ? null : { what: 'keys', sentences };
}

function differencesOf(before: TouchedKeys, after: TouchedKeys): string[] {
  const sites = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return sites.flatMap((site) => {
    const [had, has] = [before[site] ?? {}, after[site] ?? {}];
    const datasets = [...new Set([...Object.keys(had), ...Object.keys(has)])];
    return datasets.flatMap((dataset) => {
      const [old, now] = [had[dataset], has[dataset]];
      if (old?.hash === now?.hash) return [];
      const [from, to] = [old?.count ?? 0, now?.count ?? 0];
      if (from !== to) return [`${site}: ${to} results of ${dataset} in place of ${from}`];
      return [`${site}: some of its ${to} results of ${dataset} are to be made from other facts`];
    });
  });
}
