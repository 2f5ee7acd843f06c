import { UNIT_MS, unitStart } from '../../shared/core/unit.ts';
import { attemptId, internalFolder } from '../../shared/lake/keys.ts';
import type { ResultRef } from '../../shared/lake/site-index.ts';
import { meetingAt } from './border-reader.ts';
import {
  crossingsKey,
  inputsAfter,
  inputsBefore,
  neighbour,
  nothingMeets,
  stitchesKey,
} from './edge-keys.ts';
import { edgeDigest, type Head, type Override, type Tail } from './edges.ts';
import { implementation } from './implementations.ts';
import type { Stitch } from './stitch.ts';
import type { Target } from './target.ts';
import type { Recomputed, UnitPlan } from './unit-plan.ts';
import { unitRules } from './unit-rules.ts';

/**
 * Carries sessions over the edges of a site's units: forward, what a session that comes in changes;
 * backward, what later units add to the sessions that run out. Looks only at visitors on both sides of an
 * edge, and goes on only as long as something differs from before.
 *
 * @param plans in order of time, their boundaries known
 */
export async function stitchUnits(
  target: Target,
  plans: readonly UnitPlan[],
  recomputed: Recomputed[],
): Promise<void> {
  for (const [index, plan] of plans.entries()) {
    await stitchForward(target, neighbour(plans, index, -1), plan, recomputed);
  }
  for (let index = plans.length - 1; index >= 0; index--) {
    await stitchBackward(target, plans[index]!, neighbour(plans, index, 1), recomputed);
  }
}

async function stitchForward(
  target: Target,
  before: UnitPlan | undefined,
  plan: UnitPlan,
  recomputed: Recomputed[],
): Promise<void> {
  const { context } = target;
  const own = plan.results.boundaries!;
  const inputs = inputsBefore(before?.results, own);
  const key = stitchesKey(target, plan.unit, inputs);
  const known = plan.known.get(key);
  if (known !== undefined) {
    plan.results.stitches = known;
    return;
  }
  const earlier = before?.results.boundaries;
  if (earlier === undefined || nothingMeets(inputs)) {
    plan.results.stitches = stitchRef(target, key, null);
    return;
  }
  const overrides = (await readStitch(target, before!.results.stitches!)).overrides;
  const rules = unitRules({ context, unit: plan.unit });
  const unit = {
    rules,
    dayOf: (ms: number) => context.days.dayOf(ms),
    endMs: unitStart(plan.unit, context.dayOffsetMinutes) + UNIT_MS,
  };
  const repair = implementation('stitches', target.algorithms);
  const found = await meetingAt(target.objects, earlier, overrides, own, rules.terms, (tails, rows) =>
    repair(unit, rows, tails),
  );
  const ref = stitchRef(target, key, found);
  if (found !== null && ref.rows > 0) ref.object = await store(target, 'stitches', plan.unit, found);
  plan.results.stitches = ref;
  recomputed.push({ dataset: 'stitches', unit: plan.unit, why: 'what meets at its start' });
}

function stitchRef({ clock }: Target, key: string, found: Stitch | null): ResultRef {
  const { carried, overrides, heads, repaired } = found ?? {
    carried: [] as Tail[],
    overrides: [] as Override[],
    heads: [] as Head[],
    repaired: 'none',
  };
  return {
    key,
    made_at: clock.now(),
    digest: repaired,
    rows: carried.length + overrides.length + heads.length,
    bytes: 0,
    edges: {
      carried: edgeDigest(carried),
      overrides: edgeDigest(overrides),
      heads: edgeDigest(heads),
    },
  };
}

async function stitchBackward(
  target: Target,
  plan: UnitPlan,
  next: UnitPlan | undefined,
  recomputed: Recomputed[],
): Promise<void> {
  const { stitches, crossings } = next?.results ?? {};
  const inputs = inputsAfter(next?.results);
  const key = crossingsKey(target, plan.unit, inputs);
  const known = plan.known.get(key);
  if (known !== undefined) {
    plan.results.crossings = known;
    return;
  }
  const heads = inputs.heads === 'none' ? [] : (await readStitch(target, stitches!)).heads;
  const add = implementation('crossings', target.algorithms);
  const rows = add(heads, heads.length === 0 ? [] : await readCrossings(target, crossings!));
  const ref: ResultRef = {
    key,
    made_at: target.clock.now(),
    digest: edgeDigest(rows),
    rows: rows.length,
    bytes: 0,
  };
  plan.results.crossings = ref;
  if (rows.length === 0) return;
  ref.object = await store(target, 'crossings', plan.unit, rows);
  recomputed.push({ dataset: 'crossings', unit: plan.unit, why: 'what meets at its end' });
}

/** What a stitch found; empty lists when it found nothing. */
export async function readStitch(target: Target, ref: ResultRef): Promise<Omit<Stitch, 'repaired'>> {
  if (ref.object === undefined) return { carried: [], overrides: [], heads: [] };
  return read(target, ref.object);
}

/** What all later units add to the sessions that run out of a unit. */
export async function readCrossings(target: Target, ref: ResultRef): Promise<Head[]> {
  return ref.object === undefined ? [] : read(target, ref.object);
}

async function read<T>(target: Target, object: string): Promise<T> {
  const found = await target.objects.get(object);
  if (found === null) throw new Error(`${object} is gone`);
  return JSON.parse(found.body.toString('utf8')) as T;
}

async function store(target: Target, dataset: string, unit: string, value: unknown): Promise<string> {
  const { site } = target.context;
  const object = `${internalFolder(dataset, target.slices['boundaries']!, site, unit, attemptId())}${dataset}.json`;
  await target.objects.put(object, JSON.stringify(value), { contentType: 'application/json' });
  return object;
}
