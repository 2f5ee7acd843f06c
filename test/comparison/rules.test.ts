import { afterAll, beforeAll, expect, it } from 'vitest';
import { PAIRS, type PairedLake, pairedLake, RULES } from './rule-pairs.ts';

/**
 * A preview is what the tables say after the apply, and its reasons are those of brute force. CI takes every
 * rule and every pair of rules (rules.long.ts), here it is all of them together, and a pair after that. Each of
 * these bugs was put in and made the reasons differ: the session before taken from both sides, `>=` for `>`,
 * listed events not looked up.
 */
let lake: PairedLake;
beforeAll(async () => {
  lake = await pairedLake(11, 30);
});
afterAll(() => lake.close());

it('all rules at once, then two of them', async () => {
  expect(PAIRS).toHaveLength(28);
  await lake.check(Object.assign({}, ...RULES), true);
  await lake.check({ ...RULES[3], ...RULES[5] }, true);
});
