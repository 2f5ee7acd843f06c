/**
 * One number per dataset: how it is computed. It is part of every key, so that a change of the code
 * that changes rows is a change of the number, and a deploy that doesn't recomputes nothing. A test pins
 * the digests that each number gives (test/lake/golden.test.ts).
 *
 * A release names the numbers that it was made with. Code of an older number stays beside its successor as
 * long as a release that people may still see names it.
 */
export const ALGORITHMS = {
  boundaries: 1,
  stitches: 1,
  crossings: 1,
  sessions: 1,
  events: 1,
  hits: 1,
  additions: 1,
  touches: 1,
  conversions: 1,
  marts: 1,
};

export type Algorithms = typeof ALGORITHMS;

/** Numbers of a release that was put before releases named them. */
export const FIRST_ALGORITHMS: Algorithms = {
  boundaries: 1,
  stitches: 1,
  crossings: 1,
  sessions: 1,
  events: 1,
  hits: 1,
  additions: 1,
  touches: 1,
  conversions: 1,
  marts: 1,
};
