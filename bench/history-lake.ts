import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { totalsAfter } from '../functions/compact/totals.ts';
import { type LocalLake, openLocalLake } from '../local/lake.ts';
import { parseDefinition } from '../shared/core/definition/parse.ts';
import { parseSite } from '../shared/core/site-file.ts';
import { dateOfDay } from '../shared/core/unit.ts';
import { literal, withConnection } from '../shared/duckdb/engine.ts';
import { ensureRelease } from '../shared/lake/first-release.ts';
import { attemptId, factsKey } from '../shared/lake/keys.ts';
import { openSite } from '../shared/lake/opening.ts';
import { storeSite } from '../shared/lake/sites.ts';
import { fillSql, sqlText } from '../shared/sql-text.ts';

const FACTS = sqlText(import.meta.url, 'facts.sql');
const EVENTS = sqlText(import.meta.url, 'history-events.sql');

export const SITE = 'shop';
const FIRST_DAY = Date.parse('2023-01-01T00:00:00Z') / 86_400_000;
/** What the generator makes of one session, on the average. */
const EVENTS_PER_SESSION = 6.2;
/** Visitors of the pool for each session of a day: who comes back does so after some such number of days. */
const POOL = 8;

export interface HistorySize {
  units: number;
  /** Events of a unit, about. */
  events: number;
}

/**
 * A lake whose site has its facts, as compaction leaves them, and nothing computed of them: made once, then
 * copied for each run.
 *
 * @returns the folder of the copy; remove it when done
 */
export async function historyLake(size: HistorySize): Promise<string> {
  const version = createHash('sha256').update(FACTS).update(EVENTS).digest('hex').slice(0, 8);
  const folder = join(tmpdir(), 'retcon-bench', `history-${version}-${size.units}x${size.events}`);
  if (!existsSync(folder)) {
    rmSync(`${folder}.part`, { recursive: true, force: true });
    mkdirSync(`${folder}.part`, { recursive: true });
    const lake = await openLocalLake({ home: `${folder}.part` });
    await fillLake(lake, size.units, crowd(size));
    await lake.close();
    renameSync(`${folder}.part`, folder);
  }
  const copy = join(tmpdir(), 'retcon-bench', attemptId());
  // The heads of the embedded store are relative links: they are copied as they are.
  cpSync(folder, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

/** Opens the site, gives each of its days facts out of a query, and makes the first release. */
export async function fillLake(
  lake: LocalLake,
  days: number,
  eventsOf: (day: number) => string,
): Promise<void> {
  const site = parseSite(`site: ${SITE}\ntime_zone: UTC\nhosts: [shop.example]\n`, `sites/${SITE}.yaml`);
  await storeSite(lake.lake, site);
  await openSite(lake.lake, site);
  await withConnection(async (connection) => {
    const file = join(tmpdir(), 'retcon-bench', `${attemptId()}.parquet`);
    for (let n = 0; n < days; n++) {
      const day = FIRST_DAY + n;
      const unit = dateOfDay(day);
      const events = eventsOf(day);
      await connection.run(fillSql(FACTS, { events, start: String(day * 86_400_000), out: literal(file) }));
      await connection.run(`CREATE OR REPLACE TEMP VIEW facts AS FROM read_parquet(${literal(file)})`);
      const object = factsKey(SITE, unit, attemptId());
      await lake.objects.upload(file, object);
      const totals = await totalsAfter(connection, 'FROM facts', unit, null, true, false);
      const facts = { object, bytes: statSync(file).size, ...totals };
      const landed = `landing/dt=${unit}/hh=00/${String(day * 86_400_000).padStart(13, '0')}-0123456789abcdef.ndjson.gz`;
      await lake.lake.log(SITE).append({
        type: 'compacted',
        unit,
        facts,
        consumed: [landed],
        accepted: { [landed]: facts.rows },
        quarantined: {},
        ms: 0,
      });
    }
    rmSync(file, { force: true });
  });
  // Its announcement is what sets the work off.
  await ensureRelease(lake.lake, lake.bus, parseDefinition('', 'default.yaml'), {}, 'bench');
}

/** Events of a day of a site with many visitors. */
function crowd(size: HistorySize): (day: number) => string {
  const sessions = Math.max(1, Math.round(size.events / EVENTS_PER_SESSION));
  return (day) =>
    fillSql(EVENTS, { day: String(day), sessions: String(sessions), pool: String(sessions * POOL) });
}
