import { afterEach, expect, it } from 'vitest';
import { viewTable } from '../../functions/publish/catalog-tables.ts';
import { flip } from '../../functions/publish/flip.ts';
import { GlueCatalog } from '../../shared/clients/glue-catalog.ts';
import { everyRelease, putRelease, type Release } from '../../shared/lake/releases.ts';
import { beginApply, candidateIn, MARTS } from './applying.ts';
import { openTestLake, type TestLake } from './open.ts';
import { pageView } from './page-view.ts';

const SITE = 'site: shop\ntime_zone: UTC\nhosts: [shop.example]\n';
const DAY = Date.parse('2026-03-10T00:00:00Z');
const FLIPS = 200;

let test: TestLake;
afterEach(() => test.close());

/** One visitor's three views 20 minutes apart: every table counts one session at 30 minutes, three at 15. */
async function open(): Promise<{ releases: Release[]; catalog: GlueCatalog }> {
  test = await openTestLake(SITE, '', {}, MARTS);
  const at = (minute: number) => DAY + minute * 60_000;
  await test.land([0, 20, 40].map((minute) => pageView('shop', `e${minute}`, 'v', at(minute), `/${minute}`)));
  await test.drain();
  await beginApply(test, await candidateIn(test, 'sessions: { inactivity: 15m }'));
  await test.drain();
  const releases = await everyRelease(test.lake.objects);
  expect(releases.map(({ release }) => release)).toEqual([2, 1]);
  return { releases, catalog: new GlueCatalog(test.lake.clients.glue) };
}

const JOINED = `SELECT s.n, e.n, m.n FROM (SELECT count(*) AS n FROM sessions) s
  CROSS JOIN (SELECT count(*) AS n FROM events WHERE is_landing) e
  CROSS JOIN (SELECT sum(n) AS n FROM mart_sessions) m`;

/** Three readers that ask for all three tables in one query, over and over while `work` runs. */
async function readWhile(work: (readers: Readers) => Promise<void>): Promise<string[]> {
  const readers = new Readers();
  const asking = Array.from({ length: 3 }, () => readers.ask());
  await work(readers);
  readers.over = true;
  await Promise.all(asking);
  return readers.answers;
}

class Readers {
  readonly answers: string[] = [];
  over = false;
  #waiting: (() => void)[] = [];

  async ask(): Promise<void> {
    while (!this.over) {
      this.answers.push((await test.rows(JOINED))[0]!.join(' '));
      for (const resolve of this.#waiting.splice(0)) resolve();
    }
  }

  /** Resolves when one of them has its next answer. */
  answered(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

const isMixed = (answer: string): boolean => answer !== '1 1 1' && answer !== '3 3 3';

it('readers during 200 flips see all tables of one release, and never an earlier one again', async () => {
  const { releases, catalog } = await open();
  const { lake, objects } = test.lake;
  const seen: number[] = [];
  const answers = await readWhile(async (readers) => {
    for (let n = 3; n < 3 + FLIPS; n += 2) {
      // Two at once: the first one may come last, and must not put the older release back.
      const second = ((n - 3) / 2) % 2;
      await putRelease(objects, { ...releases[1 - second]!, release: n });
      const first = flip(lake, catalog);
      await putRelease(objects, { ...releases[second]!, release: n + 1 });
      await Promise.all([first, flip(lake, catalog)]);
      if (n % 6 === 3) await readers.answered();
      if (n % 20 === 1) seen.push(Number((await test.rows('SELECT release FROM current_release'))[0]![0]));
    }
  });
  expect(new Set(answers)).toEqual(new Set(['1 1 1', '3 3 3']));
  expect(seen).toEqual(Array.from({ length: FLIPS / 20 }, (_, i) => 20 * (i + 1) + 2));
}, 600_000);

it('the same readers do see mixtures where views are switched one by one', async () => {
  const { releases, catalog } = await open();
  const tables = { sessions: '', events: '', mart_sessions: '' };
  const answers = await readWhile(async (readers) => {
    for (let n = 0; n < FLIPS && !readers.answers.some(isMixed); n++) {
      for (const table of Object.keys(tables)) {
        const { ViewOriginalText: _, ...view } = (await catalog.table(table))!;
        const columns = view.StorageDescriptor!.Columns!.map(({ Name, Type }) => {
          const presto = { string: 'varchar', timestamp: 'timestamp(3)' }[Type!] ?? Type!;
          return { name: Name!, hive: Type!, presto };
        });
        const names = columns.map(({ name }) => (name === 'is_open' ? 'true AS is_open' : name)).join(', ');
        const slice = releases[n % 2]!.slices[table]!;
        const sql = `SELECT ${names} FROM ${table}_all WHERE slice = '${slice}'`;
        await catalog.put(viewTable(table, sql, columns));
        await readers.answered();
      }
    }
  });
  expect(answers.filter(isMixed).length).toBeGreaterThan(0);
}, 600_000);
