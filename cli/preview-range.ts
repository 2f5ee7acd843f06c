import type { ComparedRange } from '../functions/publish/comparison/range.ts';
import { badInput } from '../shared/core/errors.ts';
import { dateOfDay, dayOfDate } from '../shared/core/unit.ts';
import type { Lake } from '../shared/lake/lake.ts';
import { unitsWithFacts } from '../shared/lake/site-index.ts';
import { everySite } from '../shared/lake/sites.ts';
import type { Options } from './verb.ts';

/** Reads `--from`, `--to` and `--site`. Throws `bad_date` and `empty_range` (exit 2). */
export function rangeOptions(options: Options): {
  from: string | null;
  to: string | null;
  site: string | null;
} {
  const [from, to] = ['from', 'to'].map((name) => dateOption(name, options.text(name))) as [
    string | null,
    string | null,
  ];
  if (from !== null && to !== null && from > to) {
    throw badInput('empty_range', `there is no day from ${from} to ${to}`, {
      field: 'from',
      fix: 'give the earlier day as --from; both are included',
    });
  }
  return { from, to, site: options.text('site') };
}

function dateOption(name: string, text: string | null): string | null {
  if (text === null) return null;
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? dayOfDate(text) : Number.NaN;
  if (Number.isNaN(day) || dateOfDay(day) !== text) {
    throw badInput('bad_date', `--${name}: "${text}" is not a day`, {
      field: name,
      fix: 'write it as 2026-03-31',
    });
  }
  return text;
}

/**
 * The sites that hold events in a range, by name; all of them, or the one that is asked for. Throws
 * `empty_range` (exit 2) when there are none.
 */
export async function rangeWithData(
  lake: Lake,
  { from, to, site }: ReturnType<typeof rangeOptions>,
): Promise<ComparedRange> {
  const sites: string[] = [];
  let [first, last] = ['9999-12-31', '0000-01-01'];
  for (const name of site === null ? await everySite(lake) : [site]) {
    // A unit holds parts of the local days beside it.
    const days = unitsWithFacts(await lake.log(name).read()).map(dayOfDate);
    const [start, end] = [
      from === null ? Number.NEGATIVE_INFINITY : dayOfDate(from),
      to === null ? Number.POSITIVE_INFINITY : dayOfDate(to),
    ];
    if (days.some((day) => day >= start - 1 && day <= end + 1)) sites.push(name);
    if (days.length === 0) continue;
    if (dateOfDay(days[0]!) < first) first = dateOfDay(days[0]!);
    if (dateOfDay(days.at(-1)!) > last) last = dateOfDay(days.at(-1)!);
  }
  if (sites.length > 0) return { from, to, sites };
  const where = site === null ? 'the lake' : `site ${site}`;
  if (first > last) {
    throw badInput('empty_range', `${where} holds no events`, {
      field: 'site',
      fix: 'import something first (retcon import --help)',
    });
  }
  throw badInput(
    'empty_range',
    `${where} holds no events from ${from ?? 'the start'} to ${to ?? 'the end'}`,
    {
      field: 'from',
      fix: `its events lie between ${first} and ${last}`,
    },
  );
}
