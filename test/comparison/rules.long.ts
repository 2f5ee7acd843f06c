import { afterAll, beforeAll, it } from 'vitest';
import { PAIRS, type PairedLake, pairedLake, RULES } from './rule-pairs.ts';

/**
 * Every rule and pairs of rules, each applied over the one before: preview = tables, reasons = force. Every fifth
 * pair; all of them with RETCON_PREVIEW_PAIRS=1.
 */
let lake: PairedLake;
beforeAll(async () => {
  lake = await pairedLake(Number(process.env['RETCON_PREVIEW_SEED'] ?? 12), 60);
});
afterAll(() => lake.close());

const step = Number(process.env['RETCON_PREVIEW_PAIRS'] ?? 5);

it.each([...RULES, ...PAIRS.filter((_, i) => i % step === 0)])('%j', (rules) => lake.check(rules, true));
