import { expect, it } from 'vitest';
import type { UnitRules } from '../../functions/sessionize/unit-rules.ts';
import { KIND, ROW, UnitWalk, type VisitorEdges } from '../../functions/sessionize/walk.ts';
import { WalkTables } from '../../functions/sessionize/walk-tables.ts';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { rows, withConnection } from '../../shared/duckdb/engine.ts';

/**
 * The walk gives rows out block by block and amends those that are out already. Whatever the size of a block,
 * the tables are the same.
 */
const MINUTE = 60_000;
const { sessions } = parseDefinition('sessions: { max_events: 40 }', 'test.yaml');
const RULES: UnitRules = {
  on: () => sessions,
  reachIn: sessions.inactivity_ms,
  reachOut: sessions.inactivity_ms,
  terms: { campaigns: [], referrers: false, mixedReferrers: false },
  otherTermsBefore: false,
};

/** Visitors of a day: some with sessions of many events, engagement and other kinds in between. */
function day(): [bits: number, time: number][] {
  let state = 99;
  const next = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  const kinds = [KIND.pageView, KIND.pageView, KIND.activity, KIND.engagement, KIND.other];
  const all: [number, number][] = [];
  for (let visitor = 0; visitor < 40; visitor++) {
    let time = next(60) * MINUTE;
    const events = 1 + next(visitor % 5 === 0 ? 120 : 6);
    for (let event = 0; event < events; event++) {
      const first = event === 0 ? ROW.firstOfVisitor : 0;
      const url = next(3) > 0 ? ROW.url : 0;
      const user = next(4) === 0 ? ROW.user : 0;
      all.push([kinds[next(kinds.length)]! | first | url | user, time]);
      time += next(8) === 0 ? next(90) * MINUTE : next(5) * 1000;
    }
  }
  return all;
}

async function tablesOf(blockRows: number): Promise<unknown> {
  const events = day();
  const firstRows = events.flatMap(([bits], row) => (bits & ROW.firstOfVisitor ? [row] : []));
  // Sessions go on in later units, with activity or without.
  const edges = new Map<number, VisitorEdges>(
    firstRows
      .filter((_, visitor) => visitor % 3 === 0)
      .map((row, i) => [
        row,
        { carriedOut: { nextActivityMs: i % 2 ? 2e8 : null, apply: (s) => void s.count++ } },
      ]),
  );
  return withConnection(async (connection) => {
    const tables = await WalkTables.create(connection);
    const walk = new UnitWalk(RULES, () => 0, 86_400_000, edges, tables, blockRows);
    for (const [bits, time] of events) walk.row(bits, time, 0, 0, 5);
    walk.finish();
    await tables.close(connection);
    const plain = '* REPLACE (CASE WHEN isnan(next) THEN NULL ELSE next END AS next)';
    return {
      walk: await rows(connection, `SELECT ${plain} FROM walk`),
      measures: await rows(connection, 'SELECT * FROM measures'),
    };
  });
}

it.each([1, 7, 100])('blocks of %i rows give what one block gives', async (blockRows) => {
  expect(await tablesOf(blockRows)).toEqual(await tablesOf(100_000));
});

it('the rows that tell a session stand where the measures say', async () => {
  const { walk, measures } = (await tablesOf(7)) as {
    walk: { segment: number; flags: number }[];
    measures: { segment: number; exit_at: number; user_at: number }[];
  };
  expect(measures.length).toBeGreaterThan(40);
  for (const { segment, exit_at, user_at } of measures) {
    const telling = walk.filter((row) => row.segment === segment && (row.flags & 49) !== 0);
    expect(telling[0]!.flags & 1).toBe(1);
    expect(telling.filter(({ flags }) => flags & 32)).toEqual([telling[exit_at]]);
    expect(telling.filter(({ flags }) => flags & 16)).toEqual(user_at === 255 ? [] : [telling[user_at]]);
  }
});
