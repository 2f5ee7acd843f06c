import { DefinitionsByDay } from '../../shared/core/definition/by-day.ts';
import type { Definition } from '../../shared/core/definition/types.ts';
import { unitLinesKey } from '../../shared/lake/keys.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import { unitsWithFacts } from '../../shared/lake/site-index.ts';
import { loadSite } from '../../shared/lake/sites.ts';
import { unitTimes } from '../../shared/lake/unit-times.ts';

/**
 * Writes what the table `units` shows of a site, when that moved: one JSON line a unit. The phase itself is
 * computed by the view, for it changes while nothing happens.
 */
export async function putUnitLines(lake: Lake, site: string, definition: Definition): Promise<void> {
  const config = await loadSite(lake.objects, site);
  const index = lake.log(site).folded;
  const definitions = new DefinitionsByDay(definition, site);
  const lines = unitsWithFacts(index).map((unit) => {
    const { rows, bytes } = index.units[unit]!.facts!;
    const times = unitTimes(index, unit, definitions, (config?.lateness_seconds ?? 0) * 1000);
    return `${JSON.stringify({ site, unit, facts: rows, bytes, ...times })}\n`;
  });
  if (lines.length === 0) return;
  const key = unitLinesKey(site);
  const text = lines.join('');
  const before = await lake.objects.get(key);
  if (before?.body.toString('utf8') !== text) await lake.objects.put(key, text);
}
