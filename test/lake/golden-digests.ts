import { hashOf } from '../../shared/lake/slices.ts';
import type { TestLake } from './open.ts';

/** A digest for each dataset of the site `shop` at these slices, over all units. */
export async function digestsOfDatasets(
  of: TestLake,
  slices: Record<string, string>,
): Promise<Record<string, string>> {
  const { units } = await of.lake.lake.log('shop').read();
  const lines: Record<string, string[]> = {};
  for (const [unit, { facts, results }] of Object.entries(units).sort()) {
    lines['facts'] = [...(lines['facts'] ?? []), `${unit} ${facts!.digest}`];
    for (const [dataset, bySlice] of Object.entries(results)) {
      const ref = bySlice[slices[dataset] ?? slices['boundaries']!];
      const text = JSON.stringify([unit, ref?.digest, ref?.rows, ref?.border, ref?.edges ?? ref?.hits]);
      lines[dataset] = [...(lines[dataset] ?? []), text];
    }
  }
  return Object.fromEntries(Object.entries(lines).map(([dataset, all]) => [dataset, hashOf(all)]));
}
