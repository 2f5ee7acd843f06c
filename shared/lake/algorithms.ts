/**
 * One number per dataset: how it is computed. It is part of every key, so that a change of the code
 * that changes rows is a change of the number, and a deploy that doesn't recomputes nothing.
 */
export const ALGORITHMS = {
  boundaries: 1,
  stitches: 1,
  crossings: 1,
  sessions: 1,
  events: 1,
  marts: 1,
} as const;
