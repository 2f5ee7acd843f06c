import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchDeletePartitionCommand, GlueClient } from '@aws-sdk/client-glue';
import { outcomeOf } from '../../../cli/demo/story.ts';
import { compareSlices } from '../../../functions/publish/comparison/compare.ts';
import { sideOf } from '../../../functions/publish/comparison/preview-of.ts';
import { pinDatabase } from '../../../functions/publish/pinned-database.ts';
import { currentReleaseView, pinnedInputs } from '../../../functions/publish/views.ts';
import { GlueCatalog } from '../../../shared/clients/glue-catalog.ts';
import { parseMart } from '../../../shared/core/mart-file.ts';
import { candidateOfRelease } from '../../../shared/lake/candidate.ts';
import { everyRelease, liveRelease, releaseNumber } from '../../../shared/lake/releases.ts';
import { everySite } from '../../../shared/lake/sites.ts';
import { PUBLIC_TABLES } from '../../../shared/lake/tables.ts';
import { agree, sameAnswer } from './agree.ts';
import { Checks } from './checks.ts';
import { askTrino } from './client.ts';
import { findJava } from './java.ts';
import { candidateWith, type JudgedLake, openJudgedLake } from './lake.ts';
import { DEFINITION, LATER_DEFINITION, LATER_MARTS, MARTS } from './marts.ts';
import { joined, startReader } from './reader.ts';
import { startTrino } from './server.ts';
import { shownQueries } from './shipped-sql.ts';

const VIEWS = [...Object.keys(PUBLIC_TABLES), 'rejected', 'releases', 'units', 'current_release'];
const STORED = [
  ...Object.keys(PUBLIC_TABLES).map((name) => `${name}_all`),
  'rejected_lines',
  'unit_lines',
  'release_lines',
];

const checks = new Checks();
const base = mkdtempSync(join(tmpdir(), 'retcon-trino-'));
const home = join(base, 'lake');
try {
  await judge(process.argv[2]!, findJava()!);
} finally {
  rmSync(base, { recursive: true, force: true });
}
checks.end();

async function judge(trinoHome: string, java: string): Promise<void> {
  const starting = startTrino(trinoHome, java);
  starting.catch(() => {});
  try {
    // Built by the embedded engine while Trino starts: a part of the traffic, so that the rest comes late.
    const first = await openJudgedLake(home, DEFINITION, MARTS, null);
    console.log(
      `${await first.traffic(0.7)} beacons of two sites and three days landed by the embedded lake`,
    );
    await first.close();
    const trino = await starting;
    const version = await askTrino(trino.url, 'SELECT node_version FROM system.runtime.nodes', {
      catalog: 'system',
      schema: 'runtime',
    });
    console.log(`Trino ${version.rows[0]![0]}, over the lake's own Glue catalog and S3`);
    const lake = await openJudgedLake(home, DEFINITION, MARTS, trino.url);
    try {
      await written(lake);
      await arrives(lake);
      await redefined(lake);
      await asked(lake);
      await seeded(lake);
      await checks.check('AWS refused Trino nothing', async () => {
        if (lake.port!.refused.length > 0)
          throw new Error(lake.port!.refused.slice(0, 3).join('\n').slice(0, 2000));
        return [...lake.port!.calls].map(([name, n]) => `${name.replace('AWSGlue.', '')} ${n}`).join(', ');
      });
    } finally {
      await lake.close();
    }
  } finally {
    await (await starting).stop();
  }
}

/** What the embedded publish made is there for Trino too: its tables, views and marts. */
async function written(lake: JudgedLake): Promise<void> {
  for (const name of [...STORED, ...VIEWS, ...Object.keys(MARTS)])
    await sameTable(lake, name, 'made by the embedded lake');
}

/** The rest of the traffic arrives, late events among it, and publish builds every mart with Trino. */
async function arrives(lake: JudgedLake): Promise<void> {
  await checks.check('publish runs on Trino as late events arrive', async () => {
    const beacons = await lake.traffic(1);
    return `${beacons} beacons, ${built(lake)}`;
  });
  for (const name of [...STORED, ...VIEWS]) await sameTable(lake, name, 'after late events');
  await sameMarts(lake, MARTS, 'made by Trino');
}

/** A redefinition of history, seen by readers as one step; and the way back. */
async function redefined(lake: JudgedLake): Promise<void> {
  const { lake: local } = lake;
  const before = await joined(lake.queries);
  const steps: [string, () => Promise<void>, () => string][] = [
    [
      'a redefinition',
      async () => lake.release(await candidateWith(lake, LATER_DEFINITION, LATER_MARTS), 'shorter sessions'),
      () => built(lake),
    ],
    [
      'a rollback',
      async () =>
        lake.release(candidateOfRelease((await releaseNumber(local.objects, 1))!), 'back to release 1'),
      () => builtNothing(lake),
    ],
  ];
  let seen = before;
  for (const [step, make, work] of steps) {
    await checks.check(`${step}: readers of three joined tables see one release or the other`, async () => {
      lake.told.splice(0);
      const readers = [startReader(lake.queries), startReader(lake.queries)];
      await Promise.all(readers.map((reader) => reader.another()));
      await make().finally(() => Promise.all(readers.map((reader) => reader.another())));
      const answers = (await Promise.all(readers.map((reader) => reader.stop()))).flat();
      const after = await joined(lake.queries);
      if (after !== (await joined(lake.embedded))) throw new Error('the embedded engine sees something else');
      if (after.split(' ')[2] === seen.split(' ')[2])
        throw new Error('both releases have as many sessions: nothing to tell them by');
      if (!/ 0$/.test(after)) throw new Error(`events without their session: ${after}`);
      const strange = answers.filter((answer) => answer !== seen && answer !== after);
      if (strange.length > 0) throw new Error(`neither "${seen}" nor "${after}": ${strange[0]}`);
      const told = `${answers.filter((answer) => answer === seen).length} reads before, ${answers.filter((answer) => answer === after).length} after; ${seen} -> ${after}; ${work()}`;
      seen = after;
      return told;
    });
    const live = (await liveRelease(local.objects))!;
    for (const name of VIEWS) await sameTable(lake, name, `release ${live.release}`);
    await sameMarts(lake, live.release === 2 ? LATER_MARTS : MARTS, `release ${live.release}`);
  }
  await checks.check('back in release 1, the rows are those of before', async () => {
    if (seen.replace(/^\d+ /, '') !== before.replace(/^\d+ /, '')) throw new Error(`${before}, then ${seen}`);
  });
  await checks.check(
    'a mart that fails its test on Trino is not released, and readers see what they saw',
    async () => {
      const failing = {
        ...LATER_MARTS,
        mart_kinds: LATER_MARTS['mart_kinds']!.replace('views_each < 0', 'views_each >= 0'),
      };
      const reason = await lake
        .release(await candidateWith(lake, LATER_DEFINITION, failing), 'a failing test')
        .then(
          () => 'released',
          (error) => String(error),
        );
      lake.told.splice(0);
      if (!/not released: .*"is":"failed".*somebody came/.test(reason)) throw new Error(reason);
      if ((await joined(lake.queries)) !== seen) throw new Error('readers see something else');
    },
  );
  for (const { release, marts, slices } of await everyRelease(local.objects)) {
    const database = `retcon_release_${release}`;
    const catalog = new GlueCatalog(local.clients.glue);
    await pinDatabase(local.lake, catalog, database, { marts, slices });
    for (const name of [...Object.keys(PUBLIC_TABLES), 'mart_kinds', 'mart_daily_traffic'])
      await sameTable(lake, `${database}.${name}`, 'pinned');
  }
}

/** The SQL that comes along, put to both: what the documentation shows, what comparisons and the demo ask. */
async function asked(lake: JudgedLake): Promise<void> {
  const shown = shownQueries();
  await checks.check('the documentation shows queries', async () => {
    if (shown.length < 5) throw new Error(`only ${shown.length} were found`);
    return `${shown.length}`;
  });
  for (const { where, sql } of shown) await sameQuery(lake, `${where}: ${sql}`, sql);
  const heard: string[] = [];
  const recorder = new Proxy(lake.embedded, {
    get(target, name) {
      if (name === 'query')
        return (sql: string) => {
          heard.push(sql);
          return target.query(sql);
        };
      return Reflect.get(target, name);
    },
  });
  const { lake: local } = lake;
  const [now, then] = await Promise.all([releaseNumber(local.objects, 1), releaseNumber(local.objects, 2)]);
  const sites = await everySite(local.lake);
  const sideNow = await sideOf(local.lake, now!, sites);
  await compareSlices(recorder, sideNow, await sideOf(local.lake, then!, sites), {
    from: null,
    to: null,
    sites,
  });
  const comparing = heard.splice(0);
  for (const [i, sql] of comparing.entries())
    await sameQuery(lake, `retcon diff 1 2, statement ${i + 1} of ${comparing.length}`, sql);
  await outcomeOf({ ...local, queries: recorder });
  for (const [i, sql] of heard.entries())
    await sameQuery(lake, `the demo's statement ${i + 1} of ${heard.length}`, sql);
}

/** Faults that are made on purpose; every one must be seen by the comparison that it concerns. */
async function seeded(lake: JudgedLake): Promise<void> {
  const { lake: local } = lake;
  const daily = martSql('mart_daily_traffic', MARTS, (await liveRelease(local.objects))!.slices);
  await checks.mustFail('a rate divided as whole numbers', /columns differ|values differ/, () =>
    sameAnswer(lake.embedded, lake.queries, daily, {
      theirSql: daily.replace('CAST(s.bounces AS double) / nullif', 's.bounces / nullif'),
    }),
  );
  await checks.mustFail('times rounded to the second', /values differ/, () =>
    sameAnswer(lake.embedded, lake.queries, 'SELECT event_id, event_time FROM events', {
      theirSql: `SELECT event_id, CAST(date_trunc('second', event_time) AS timestamp(3)) AS event_time FROM events`,
    }),
  );
  await checks.mustFail('a row twice, and another lost', /values differ/, async () => {
    const answer = await lake.queries.query('SELECT * FROM sessions');
    agree(answer, { ...answer, rows: [answer.rows[1]!, ...answer.rows.slice(1)] });
  });
  const live = (await liveRelease(local.objects))!;
  const other = (await releaseNumber(local.objects, 2))!;
  const catalog = new GlueCatalog(local.clients.glue);
  const right = await joined(lake.embedded);
  // Events of one release beside sessions of the other: what a switch in two steps would show.
  await catalog.put(
    currentReleaseView({
      release: live.release,
      slices: { ...live.slices, events: other.slices['events']! },
    }),
  );
  await checks.mustFail(
    'a view that mixes releases',
    /events without their session|another answer/,
    async () => {
      const mixed = await joined(lake.queries);
      if (!/ 0$/.test(mixed)) throw new Error(`events without their session: ${mixed}`);
      if (mixed !== right) throw new Error(`another answer: ${mixed}`);
    },
  );
  await catalog.put(currentReleaseView(live));
  const values = (await lake.embedded.query('SELECT slice, site, dt, unit FROM sessions_all LIMIT 1'))
    .rows[0]!;
  const had = await lake.embedded.query('SELECT * FROM sessions_all');
  await new GlueClient(local.aws.clientConfig).send(
    new BatchDeletePartitionCommand({
      DatabaseName: 'retcon',
      TableName: 'sessions_all',
      PartitionsToDelete: [{ Values: values as string[] }],
    }),
  );
  await checks.mustFail('a partition that is not in the catalog', /rows, Trino/, async () =>
    agree(had, await lake.queries.query('SELECT * FROM sessions_all')),
  );
}

async function sameQuery(lake: JudgedLake, name: string, sql: string): Promise<void> {
  await checks.check(name, async () => rowsOf(await sameAnswer(lake.embedded, lake.queries, sql)));
}

async function sameTable(lake: JudgedLake, name: string, when: string): Promise<void> {
  await sameQuery(lake, `${name}, ${when}`, `SELECT * FROM ${name}`);
}

/** Every mart as both read it, and as the embedded engine works it out from the tables. */
async function sameMarts(
  lake: JudgedLake,
  marts: Readonly<Record<string, string>>,
  when: string,
): Promise<void> {
  const { slices } = (await liveRelease(lake.lake.objects))!;
  for (const name of Object.keys(marts)) {
    await sameTable(lake, name, when);
    const columns = (await lake.embedded.query(`SELECT * FROM ${name} LIMIT 0`)).columns.map(
      (column) => `"${column.name}"`,
    );
    const worked = `SELECT ${columns.join(', ')} FROM (${martSql(name, marts, slices)}) t`;
    await checks.check(`${name}, ${when}: stored by Trino as the embedded engine works it out`, async () =>
      rowsOf(await sameAnswer(lake.embedded, lake.queries, worked, { theirSql: `SELECT * FROM ${name}` })),
    );
  }
}

/** A mart's query over its inputs at these slices, as publish puts it. */
function martSql(
  name: string,
  marts: Readonly<Record<string, string>>,
  slices: Record<string, string>,
): string {
  const { sql, inputs } = parseMart(`${name}.sql`, marts[name]!);
  const given = pinnedInputs(Object.keys(inputs), slices);
  return /^with\s/i.test(sql) ? `WITH ${given},\n${sql.replace(/^with\s+/i, '')}` : `WITH ${given}\n${sql}`;
}

/** The release before is kept as fresh as the live one: going back to it is a flip and nothing else. */
function builtNothing({ told }: JudgedLake): string {
  const made = told.splice(0).find(({ sql }) => /^CREATE TABLE/.test(sql));
  if (made) throw new Error(`built again: ${made.sql.slice(0, 100)}`);
  return 'nothing built';
}

/** What publish had Trino do since it was last asked; a statement that failed is a failure. */
function built({ told }: JudgedLake): string {
  const statements = told.splice(0);
  const failed = statements.find((one) => one.failed !== undefined);
  if (failed) throw new Error(`${failed.failed}\n${failed.sql.slice(0, 300)}`);
  const made = new Set(statements.flatMap(({ sql }) => /^CREATE TABLE (mart_\w+?)__/.exec(sql)?.[1] ?? []));
  const missing = Object.keys(MARTS).filter((name) => !made.has(name));
  if (missing.length > 0) throw new Error(`not built on Trino: ${missing.join(', ')}`);
  const tests = statements.filter(({ sql }) => /^SELECT count\(\*\) FROM .*mart_\w+__/s.test(sql)).length;
  if (tests < made.size) throw new Error(`${tests} tests of ${made.size} marts`);
  return `${made.size} marts in ${statements.filter(({ sql }) => sql.startsWith('CREATE')).length} CREATE TABLE AS, ${tests} data tests`;
}

function rowsOf({ rows, columns }: { rows: number; columns: number }): string {
  return `${rows} rows of ${columns} columns`;
}
