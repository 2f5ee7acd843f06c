import { describe, expect, it } from 'vitest';
import { boundariesKey } from '../../functions/sessionize/boundaries.ts';
import { tableKey } from '../../functions/sessionize/tables.ts';
import type { Target } from '../../functions/sessionize/target.ts';
import { codeOf } from '../../functions/sessionize/unit-rules.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { DefinitionsByDay } from '../../shared/core/definition/by-day.ts';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { localDays } from '../../shared/core/time/local-date.ts';
import { dateOfDay, dayOfDate } from '../../shared/core/unit.ts';
import { row, withConnection } from '../../shared/duckdb/engine.ts';
import { ALGORITHMS } from '../../shared/lake/algorithms.ts';
import type { FactsRef, ResultRef } from '../../shared/lake/site-index.ts';

const facts = { object: 'f', rows: 1, bytes: 1, digest: 'd', received: '0', from: 0, to: 0 } as FactsRef;
const quiet: ResultRef = { key: 'k', digest: 'q', rows: 0, bytes: 0, made_at: 0 };
const none = { carried: 'none', overrides: 'none', heads: 'none' };
const UNITS = Array.from({ length: 120 }, (_, day) => dateOfDay(dayOfDate('2026-01-01') + day));

function target(text: string, site: string): Target {
  const definition = parseDefinition(text, 'definitions/default.yaml');
  return {
    objects: {} as Target['objects'],
    clock: systemClock,
    slices: {},
    algorithms: ALGORITHMS,
    context: {
      site,
      definitions: new DefinitionsByDay(definition, site),
      hosts: ['shop.example'],
      days: localDays('Europe/Berlin'),
      dayOffsetMinutes: 60,
    },
  };
}

/** Units of which the key of some dataset moves between two definitions, by dataset. */
function moved(before: string, after: string, site = 'shop'): Record<string, string> {
  const [old, now] = [target(before, site), target(after, site)];
  const keys = (of: Target, unit: string): Record<string, string> => {
    const inputs = { boundaries: quiet, stitches: { ...quiet, edges: none }, crossings: quiet };
    return {
      boundaries: boundariesKey(of, unit, facts),
      sessions: tableKey(of, 'sessions', unit, facts, inputs),
      events: tableKey(of, 'events', unit, facts, inputs),
    };
  };
  const found: Record<string, string> = {};
  for (const dataset of ['boundaries', 'sessions', 'events']) {
    const units = UNITS.filter((unit) => keys(old, unit)[dataset] !== keys(now, unit)[dataset]);
    if (units.length > 0) found[dataset] = `${units[0]}..${units.at(-1)} ${units.length}`;
  }
  return found;
}

describe('keys under scopes', () => {
  const february = (what: string, sites = ''): string =>
    `scopes: [{ ${sites} from: 2026-02-01, to: 2026-02-28, ${what} }]`;

  it('a rule of February moves February, and the day before, from which a session may go on', () => {
    expect(moved('', february('sessions: { inactivity: 1h }'))).toEqual({
      boundaries: '2026-01-31..2026-02-28 29',
      // `open_until` of a session that ends in the first days of February
      sessions: '2026-01-30..2026-02-28 30',
    });
    expect(moved('', february('sessions: { max_events: 9 }'))).toEqual({
      boundaries: '2026-02-01..2026-02-28 28',
    });
    expect(moved('', february('channels: [{ name: All, when: { field: source, exists: true } }]'))).toEqual({
      sessions: '2026-02-01..2026-02-28 28',
      events: '2026-02-01..2026-02-28 28',
    });
    expect(moved('', february('page_groups: [{ name: x, when: { field: url, exists: true } }]'))).toEqual({
      events: '2026-02-01..2026-02-28 28',
    });
  });

  it('a scope of another site, and one that says what holds anyway, move nothing', () => {
    expect(moved('', february('sessions: { inactivity: 1h }', 'sites: [blog],'))).toEqual({});
    expect(moved('', february('sessions: { inactivity: 30m }'))).toEqual({});
  });

  it('the same rules, said as a scope or outright, share results', () => {
    expect(moved('sessions: { max_events: 9 }', 'scopes: [{ sessions: { max_events: 9 } }]')).toEqual({});
  });
});

it('a text has one code, in SQL and here', async () => {
  for (const text of ['', 'x', 'spring sale\u001fmail\u001f', 'bücher.example 😀']) {
    const sql = `SELECT (md5_number_lower('${text}') >> 11)::DOUBLE + 1 AS code`;
    expect((await withConnection((c) => row<{ code: number }>(c, sql))).code).toBe(codeOf(text));
  }
});
