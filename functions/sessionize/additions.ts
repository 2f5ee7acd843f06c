import { join } from 'node:path';
import { literal, rows, withConnection } from '../../shared/duckdb/engine.ts';
import { attemptId, internalFolder } from '../../shared/lake/keys.ts';
import type { ResultRef } from '../../shared/lake/site-index.ts';
import { hashOf } from '../../shared/lake/slices.ts';
import { withScratch } from '../../shared/scratch.ts';
import { sqlText } from '../../shared/sql-text.ts';
import { neighbour } from './edge-keys.ts';
import { edgeDigest } from './edges.ts';
import { readStitch } from './stitch-units.ts';
import type { Target } from './target.ts';
import type { LeanPlan, UnitPlan } from './unit-plan.ts';

const CARRIED = sqlText(import.meta.url, 'hits-carried.sql');

/** What later units add to a session's conversions; `millionths` is a whole number of them, as text. */
export interface Addition {
  visitor_id: string;
  conversions: number;
  millionths: string;
  is_internal: boolean;
}

/**
 * Goes back over the edges: what the hits of later units add to the sessions that run out of each unit. A
 * unit without any has no result, so that where nothing converts nothing is kept.
 *
 * @param plans in order of time, their edges and hits known
 */
export async function addLaterHits(target: Target, plans: readonly UnitPlan[]): Promise<void> {
  for (let index = plans.length - 2; index >= 0; index--) {
    const plan = plans[index]!;
    const next = neighbour(plans, index, 1);
    if (next === undefined) continue;
    const key = additionsKey(target, plan.unit, next.results);
    if (key === null) continue;
    if (plan.had.additions?.key === key) {
      plan.results.additions = plan.had.additions;
      continue;
    }
    const found = await additions(target, next);
    const ref: ResultRef = {
      key,
      made_at: target.clock.now(),
      digest: edgeDigest(found),
      rows: found.length,
      bytes: 0,
    };
    if (found.length > 0) {
      const { site } = target.context;
      ref.object = `${internalFolder('additions', target.slices['conversions']!, site, plan.unit, attemptId())}additions.json`;
      await target.objects.put(ref.object, JSON.stringify(found), { contentType: 'application/json' });
    }
    plan.results.additions = ref;
  }
}

/** Key of what later units add to a unit's hits; null when they add nothing. */
export function additionsKey(target: Target, unit: string, next: LeanPlan['results']): string | null {
  const carried = next.hits?.hits?.carried ?? 'none';
  const beyond = next.additions?.digest ?? 'none';
  if (carried === 'none' && beyond === 'none') return null;
  const runOn = beyond === 'none' ? 'none' : next.stitches!.edges!.heads;
  const inputs = { carried, beyond, runOn };
  return hashOf(['additions', target.algorithms.additions, target.context.site, unit, inputs]);
}

/** What all later units add; empty when there is nothing. */
export async function readAdditions(target: Target, ref: ResultRef | undefined): Promise<Addition[]> {
  if (ref?.object === undefined) return [];
  const found = await target.objects.get(ref.object);
  if (found === null) throw new Error(`${ref.object} is gone`);
  return JSON.parse(found.body.toString('utf8')) as Addition[];
}

async function additions(target: Target, next: UnitPlan): Promise<Addition[]> {
  const own =
    (next.results.hits?.hits?.carried ?? 'none') !== 'none'
      ? await carriedHits(target, next.results.hits!)
      : [];
  const beyond = await readAdditions(target, next.results.additions);
  if (beyond.length === 0) return own;
  const { heads } = await readStitch(target, next.results.stitches!);
  const through = new Set(heads.filter((head) => head.joined && head.runs_on).map((head) => head.visitor_id));
  const all = new Map(own.map((addition) => [addition.visitor_id, addition]));
  for (const more of beyond) {
    if (!through.has(more.visitor_id)) continue;
    const had = all.get(more.visitor_id);
    all.set(more.visitor_id, had ? sum(had, more) : more);
  }
  return [...all.values()].sort((a, b) =>
    Buffer.compare(Buffer.from(a.visitor_id), Buffer.from(b.visitor_id)),
  );
}

function sum(a: Addition, b: Addition): Addition {
  return {
    visitor_id: a.visitor_id,
    conversions: a.conversions + b.conversions,
    millionths: String(BigInt(a.millionths) + BigInt(b.millionths)),
    is_internal: a.is_internal || b.is_internal,
  };
}

/** Hits of a unit that belong to sessions of earlier ones. */
function carriedHits(target: Target, hits: ResultRef): Promise<Addition[]> {
  return withScratch(async (folder) => {
    const file = join(folder, 'hits.parquet');
    await target.objects.download(hits.object!, file);
    return withConnection((connection) =>
      rows<Addition>(connection, CARRIED.replace('{{file}}', literal(file))),
    );
  });
}
