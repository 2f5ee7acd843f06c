import { afterAll, beforeAll, it } from 'vitest';
import { PAIRS, type PairedLake, pairedLake, RULES } from './rule-pairs.ts';

/** Every rule and every pair of rules, each applied over the one before: preview = tables, reasons = force. */
let lake: PairedLake;
beforeAll(async () => {
  lake = await pairedLake(Number(process.env['RETCON_PREVIEW_SEED'] ?? 12), 60);
});
afterAll(() => lake.close());

it.each([...RULES, ...PAIRS])('%j', (rules) => lake.check(rules, true));
