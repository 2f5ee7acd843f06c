import { RetconError } from '../../../shared/core/errors.ts';
import { type Asked, type Asking, counting } from './asking.ts';
import { type Changes, type ComparedSide, changesOf } from './changes.ts';
import { type Curve, type CurvePoint, curveOf } from './curve.ts';
import { type Example, examplesOf } from './examples.ts';
import { type ChannelRow, type DayRow, type Measure, type Numbers, numbersOf } from './numbers.ts';
import type { ComparedRange } from './range.ts';
import { REASONS, type Reason } from './reasons.ts';
import type { Sides } from './sides.ts';

/** Two slices of sessions compared: plain JSON. */
export interface Comparison {
  totals: Record<Measure, Sides<number>>;
  days: DayRow[];
  channels: ChannelRow[];
  /** Reasons that some session has, as reasons.ts orders them. */
  reasons: ComparedReason[];
  curve: CurvePoint[];
  /** Why the curve lacks points, or null. */
  curve_note: string | null;
  /** The timeouts that the curve is marked at; null without a curve. */
  inactivity_ms: Sides<number> | null;
  asked: Asked;
}

export interface ComparedReason {
  reason: Reason;
  /** Whether the sessions stand on both sides or on one. */
  side: 'both' | 'now' | 'then';
  count: number;
  examples: Example[];
}

/** How often a comparison is begun again because data moved under it. */
const ATTEMPTS = 3;

/**
 * Compares the sessions of two slices in a range, exactly: numbers as a reader would count them, what became
 * of every session, and sessions as a function of the timeout. Four queries, five where robots engage.
 *
 * @throws RetconError `moving` when data keeps arriving between the queries, so that they don't add up
 */
export async function compareSlices(
  queries: Asking,
  now: ComparedSide,
  then: ComparedSide,
  range: ComparedRange,
): Promise<Comparison> {
  const asking = counting(queries);
  const [before, after] = [now.slices.sessions, then.slices.sessions];
  for (let attempt = 1; ; attempt++) {
    const numbers = await numbersOf(asking, before, after, range);
    const changes = before === after ? allUnchanged(numbers) : await changesOf(asking, now, then, range);
    const examples = await examplesOf(asking, before, after, changes.picks);
    const curve = await curveOf(asking, now, then, range);
    const { sessions } = numbers.totals;
    const whole = addUp(changes, sessions);
    if (whole && fits(curve, sessions.then)) {
      return { ...numbers, ...shown(changes, examples), ...drawn(curve), asked: asking.asked };
    }
    if (attempt < ATTEMPTS) continue;
    // What was computed is certain; a curve that doesn't go through it is not shown.
    const note = 'No curve: it did not go through the sessions that were computed.';
    const none = { points: [], note, inactivity_ms: null };
    if (whole) return { ...numbers, ...shown(changes, examples), ...drawn(none), asked: asking.asked };
    throw new RetconError('moving', 'data kept arriving while the two sides were compared', {
      fix: 'run it again when less arrives, or compare days that are settled (--to)',
    });
  }
}

/** Every session of either side has one reason. */
function addUp({ counts }: Changes, sessions: Sides<number>): boolean {
  const [now, then] = (['now', 'then'] as const).map((side) =>
    [...counts].reduce((sum, [reason, count]) => {
      const on = REASONS[reason].side;
      return on === 'both' || on === side ? sum + count : sum;
    }, 0),
  );
  return now === sessions.now && then === sessions.then;
}

/** At the proposed timeout a curve gives the sessions that were computed. */
function fits({ points, inactivity_ms }: Curve, sessions: number): boolean {
  const point = points.find((one) => one.inactivity_ms === inactivity_ms?.then);
  return point === undefined || point.sessions === sessions;
}

function allUnchanged({ totals }: Numbers): Changes {
  return { counts: new Map([['unchanged', totals.sessions.now]]), picks: new Map() };
}

function shown(changes: Changes, examples: Map<Reason, Example[]>): { reasons: ComparedReason[] } {
  const reasons = (Object.keys(REASONS) as Reason[]).flatMap((reason) => {
    const count = changes.counts.get(reason) ?? 0;
    if (count === 0) return [];
    return [{ reason, side: REASONS[reason].side, count, examples: examples.get(reason) ?? [] }];
  });
  return { reasons };
}

const drawn = ({ points, note, inactivity_ms }: Curve) => ({
  curve: points,
  curve_note: note,
  inactivity_ms,
});
