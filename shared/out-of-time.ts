import type { Context } from 'aws-lambda';
import { RetconError } from './core/errors.ts';

/** Says whether an invocation should begin nothing more. */
export type OutOfTime = () => boolean;

/** Nothing is begun with less than this left: a day of nine million events takes a good minute of the engine. */
export const RESERVE_MS = 240_000;

/** Of an invocation: by the time that Lambda has left for it. A context that names no time leaves all of it. */
export function outOfTimeOf(context: Partial<Context>): OutOfTime {
  return () => (context.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY) < RESERVE_MS;
}

/** `out_of_time`: what was done stays done, and whoever comes again goes on there. */
export function outOfTime(what: string): RetconError {
  return new RetconError('out_of_time', `${what}: the invocation has too little time left for more`, {
    fix: 'nothing is lost; it goes on at the next attempt',
  });
}
