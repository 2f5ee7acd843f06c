import { createHash } from 'node:crypto';
import { boundariesKey } from '../../functions/sessionize/boundaries.ts';
import { targetOf } from '../../functions/sessionize/target.ts';
import { openLocalLake } from '../../local/lake.ts';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { parseSite } from '../../shared/core/site-file.ts';
import { dateOfDay, dayOfDate, UNIT_MS, unitStart } from '../../shared/core/unit.ts';
import { ALGORITHMS } from '../../shared/lake/algorithms.ts';
import { targetId } from '../../shared/lake/candidate.ts';
import { checkpointText } from '../../shared/lake/checkpoint.ts';
import { ensureRelease } from '../../shared/lake/first-release.ts';
import { checkpointKey } from '../../shared/lake/keys.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import type { Release } from '../../shared/lake/releases.ts';
import type { FactsRef, ResultRef, SiteIndex, UnitState } from '../../shared/lake/site-index.ts';
import { storeSite } from '../../shared/lake/sites.ts';

/** The last day of a big lake is this one, which is half over. */
export const LAST_DAY = '2026-11-26';
export const NOW = unitStart(LAST_DAY, 0) + UNIT_MS / 2;

/**
 * Writes a lake of so many sites and days: the state that a page reads, without a facts file. Every 97th
 * day of a site was reopened by late data, each site has some days without traffic, and every fifth site has
 * days whose facts are newer than their sessions.
 */
export async function writeBigLake(home: string, sites: number, days: number): Promise<void> {
  const lake = await openLocalLake({ home, clock: { now: () => NOW } });
  const release = await ensureRelease(lake.lake, lake.bus, parseDefinition('', 'default.yaml'), {}, 'ada');
  for (let i = 0; i < sites; i++) {
    const site = `site-${String(i + 1).padStart(2, '0')}`;
    await storeSite(
      lake.lake,
      parseSite(`site: ${site}\ntime_zone: UTC\nhosts: [${site}.example]\n`, `${site}.yaml`),
    );
    const index = await indexOf(lake.lake, release, site, i, days);
    await lake.objects.put(checkpointKey(site, index.n), checkpointText(index));
  }
  await lake.close();
}

async function indexOf(
  lake: Lake,
  release: Release,
  site: string,
  seed: number,
  days: number,
): Promise<SiteIndex> {
  const opened = { day_offset_minutes: 0, time_zone: 'UTC', hosts: [`${site}.example`] };
  const target = await targetOf(lake, {
    site,
    definition: release.definition,
    time_zone: opened.time_zone,
    hosts: opened.hosts,
    day_offset_minutes: 0,
    slices: release.slices,
    algorithms: ALGORITHMS,
  });
  const units: Record<string, UnitState> = {};
  for (let d = 0; d < days; d++) {
    const unit = dateOfDay(dayOfDate(LAST_DAY) - days + 1 + d);
    const start = unitStart(unit, 0);
    if ((d + seed * 31) % 173 === 5) continue;
    const week = [1, 0.95, 0.9, 0.92, 1.05, 0.55, 0.4][(dayOfDate(unit) + 3) % 7]!;
    const rows = Math.round((200 + seed * 730) * (0.5 + d / days) * week * (0.9 + wave(seed, d) * 0.2));
    const facts = factsOf(site, unit, rows, start);
    const late = (d + seed * 13) % 97 === 50 && d < days - 10;
    const stale = seed % 5 === 2 && (d + seed * 7) % 211 === 100;
    const key = boundariesKey(target, unit, stale ? { ...facts, digest: digestOf(`older ${unit}`) } : facts);
    units[unit] = {
      facts,
      first_at: start + 3_600_000,
      changed_at: late ? start + 9 * UNIT_MS : start + UNIT_MS,
      work_ms: 900,
      consumed: Object.fromEntries([0, 1, 2].map((n) => [landingObject(unit, site, n), true as const])),
      accepted: Object.fromEntries([0, 1, 2].map((n) => [landingObject(unit, site, n), Math.ceil(rows / 3)])),
      results: {
        boundaries: { [release.slices['boundaries']!]: resultOf(site, unit, key, rows / 4) },
        stitches: { [release.slices['boundaries']!]: resultOf(site, unit, `s${key}`, 0) },
        crossings: { [release.slices['boundaries']!]: resultOf(site, unit, `c${key}`, 0) },
        sessions: { [release.slices['sessions']!]: tableOf('sessions', site, unit, key, rows / 4) },
        events: { [release.slices['events']!]: tableOf('events', site, unit, key, rows) },
      },
    };
  }
  const n = 64 * 60;
  const ready = { [targetId(release)]: seed % 5 === 2 ? n - 2 : n - 1 };
  return { site, n, opened, facts_n: n - 1, ready, units };
}

/** A number from 0 to 1 that looks random and is the same in every run. */
function wave(seed: number, d: number): number {
  return Number.parseInt(digestOf(`${seed} ${d}`).slice(0, 8), 16) / 2 ** 32;
}

const digestOf = (text: string): string => createHash('md5').update(text).digest('hex');

const landingObject = (unit: string, site: string, n: number): string =>
  `landing/dt=${unit}/hh=0${n}/${Date.parse(unit)}-${digestOf(site + unit + n).slice(0, 16)}.ndjson.gz`;

function factsOf(site: string, unit: string, rows: number, start: number): FactsRef {
  return {
    object: `facts/site=${site}/unit=${unit}/${digestOf(unit)}/facts.parquet`,
    rows,
    bytes: rows * 38,
    digest: digestOf(`${site} ${unit}`),
    received: String(rows * start),
    from: start + 1000,
    to: start + UNIT_MS - 1000,
  };
}

function resultOf(site: string, unit: string, key: string, rows: number): ResultRef {
  return {
    key,
    made_at: NOW,
    digest: digestOf(key),
    rows: Math.round(rows),
    bytes: 900,
    object: `derived/boundaries/slice=x/site=${site}/unit=${unit}/${digestOf(key)}/border.parquet`,
    border: { head: digestOf(`h${key}`), tail: digestOf(`t${key}`) },
  };
}

function tableOf(table: string, site: string, unit: string, key: string, rows: number): ResultRef {
  const whole = Math.round(rows);
  const folder = `derived/${table}/slice=x/site=${site}/dt=${unit}/unit=${unit}/${digestOf(table + key)}/`;
  return {
    key: digestOf(`${table} ${key}`).slice(0, 24),
    made_at: NOW,
    digest: digestOf(table + key),
    rows: whole,
    bytes: whole * 70,
    parts: [{ dt: unit, folder, rows: whole, bytes: whole * 70 }],
  };
}
