import type { LeanResult } from '../../shared/lake/site-index.ts';
import { hashOf } from '../../shared/lake/slices.ts';
import { siteSlice, type Target } from './target.ts';
import type { LeanPlan } from './unit-plan.ts';
import { otherTermsBefore, rulesSlice } from './unit-rules.ts';

/** What is known of a neighbour; nothing of it counts as `none`. */
type Neighbour = LeanPlan['results'] | undefined;

/** Digests that meet at a unit's start. */
export interface MeetsBefore {
  head: string;
  tail: string;
  passed: string;
}

/** Digests that meet at its end. */
export interface MeetsAfter {
  heads: string;
  beyond: string;
}

/** The plan of the day before or after, when that day has facts: only neighbours share an edge. */
export function neighbour<T extends { day: number }>(
  plans: readonly T[],
  index: number,
  step: 1 | -1,
): T | undefined {
  const other = plans[index + step];
  return other?.day === plans[index]!.day + step ? other : undefined;
}

export function inputsBefore(before: Neighbour, own: LeanResult): MeetsBefore {
  return {
    head: own.border!.head,
    tail: before?.boundaries?.border?.tail ?? 'none',
    passed: before?.stitches?.edges?.overrides ?? 'none',
  };
}

export function inputsAfter(next: Neighbour): MeetsAfter {
  return { heads: next?.stitches?.edges?.heads ?? 'none', beyond: next?.crossings?.digest ?? 'none' };
}

/** Whether no visitor is on both sides of the edge: then a unit by itself was right. */
export function nothingMeets({ head, tail, passed }: MeetsBefore): boolean {
  return head === 'none' || (tail === 'none' && passed === 'none');
}

/** Key of what the session that comes in changes in a unit. */
export function stitchesKey(target: Target, unit: string, inputs: MeetsBefore): string {
  const place = { context: target.context, unit };
  const own = [rulesSlice(place), otherTermsBefore(place), siteSlice(target.context)];
  return hashOf(['stitches', target.algorithms.stitches, own, unit, inputs]);
}

/** Key of what later units add to the sessions that run out of a unit. */
export function crossingsKey({ algorithms, context }: Target, unit: string, inputs: MeetsAfter): string {
  return hashOf(['crossings', algorithms.crossings, context.site, unit, inputs]);
}
