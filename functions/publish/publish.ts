import { RetconError } from '../../shared/core/errors.ts';
import { type Mart, parseMart } from '../../shared/core/mart-file.ts';
import { loadDefinition } from '../../shared/lake/definitions.ts';
import { martKey, martStateKey } from '../../shared/lake/keys.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import { liveRelease, type Release } from '../../shared/lake/releases.ts';
import { everySite } from '../../shared/lake/sites.ts';
import { hashOf } from '../../shared/lake/slices.ts';
import { PUBLIC_TABLES, type PublicTable } from '../../shared/lake/tables.ts';
import type { Bus } from '../../shared/ports/bus.ts';
import type { Log } from '../../shared/ports/log.ts';
import { buildMart, type MartDeps } from './build-mart.ts';
import { derivedTables, rejectedTable, unitsTable } from './catalog-tables.ts';
import { projectSite } from './project.ts';
import { putUnitLines } from './unit-lines.ts';
import { currentReleaseView, publicView, rejectedView, unitsView } from './views.ts';

export interface PublishDeps extends MartDeps {
  lake: Lake;
  bus: Bus;
  log: Log;
}

/** What stands in the lake of a mart: by slice, the key of its inputs and where it lies. */
export type MartState = Record<
  string,
  { key: string; folder: string | null; at: string; error: string | null }
>;

/**
 * Shows readers what the lake holds: the catalog follows the logs, marts whose inputs moved are built
 * again, and the live release becomes the one that views read. Safe to repeat and to run at once.
 *
 * @returns marts that were built and marts that failed, with the cause
 */
export async function publish(deps: PublishDeps): Promise<{ built: string[]; failed: Map<string, Error> }> {
  const { lake, catalog, bucketUri } = deps;
  const release = await liveRelease(lake.objects);
  if (release === null) return { built: [], failed: new Map() };
  await catalog.ensureDatabase();
  for (const table of derivedTables(bucketUri)) await catalog.put(table);
  await catalog.put(rejectedTable(bucketUri));
  await catalog.put(unitsTable(bucketUri));
  await flip(deps, release);
  for (const table of Object.keys(PUBLIC_TABLES) as PublicTable[]) await catalog.put(publicView(table));
  await catalog.put(rejectedView());
  await catalog.put(unitsView());
  const { sessions } = await loadDefinition(lake.objects, release.definition);
  // Another call may have shown newer marts while this one built older ones: look again until nothing moved.
  const built: string[] = [];
  for (;;) {
    const sites = await everySite(lake);
    for (const site of sites) {
      await projectSite(lake, catalog, bucketUri, site, release.slices);
      await putUnitLines(lake, site, sessions.inactivity_ms);
    }
    const inputs = await inputKeys(lake, sites, release.slices);
    const round = await buildMarts(deps, release, inputs);
    built.push(...round.built);
    if (round.failed.size > 0 || round.built.length === 0) return { built, failed: round.failed };
  }
}

/** One write makes every view read the release; never back to a lower one. */
async function flip(deps: PublishDeps, release: Release): Promise<void> {
  await deps.catalog.put(
    currentReleaseView(release),
    (current) => Number(current.Parameters?.['retcon_release'] ?? 0) <= release.release,
  );
}

async function buildMarts(deps: PublishDeps, release: Release, inputs: Record<string, string>) {
  const built: string[] = [];
  const failed = new Map<string, Error>();
  for (const [name, hash] of Object.entries(release.marts)) {
    const slice = release.slices[name]!;
    const state = await readState(deps.lake, name);
    const mart = await loadMart(deps.lake, name, hash);
    const key = hashOf([slice, Object.keys(mart.inputs).map((input) => inputs[input] ?? null)]);
    if (state[slice]?.key === key && state[slice].error === null) continue;
    let folder = state[slice]?.folder ?? null;
    let error: string | null = null;
    try {
      folder = await buildMart(deps, mart, release.slices);
      built.push(name);
    } catch (cause) {
      error = (cause as Error).message;
      failed.set(name, cause as Error);
      deps.log.error('a mart was not built', { mart: name, error });
    }
    await writeState(deps.lake, name, slice, {
      key,
      folder,
      at: new Date(deps.lake.clock.now()).toISOString(),
      error,
    });
  }
  return { built, failed };
}

/** For each public table, a hash of all results that it holds in the live slice. */
async function inputKeys(lake: Lake, sites: string[], slices: Record<string, string>) {
  const keys: Record<string, string> = {};
  for (const table of Object.keys(PUBLIC_TABLES) as PublicTable[]) {
    const parts: string[] = [];
    for (const site of sites) {
      const { units } = lake.log(site).folded;
      for (const unit of Object.keys(units).sort()) {
        const ref = units[unit]!.results[table]?.[slices[table]!];
        if (ref) parts.push(`${site}/${unit}/${ref.key}`);
      }
    }
    keys[table] = hashOf(parts);
  }
  return keys;
}

export async function loadMart(lake: Lake, name: string, hash: string): Promise<Mart> {
  const found = await lake.objects.get(martKey(hash));
  if (found === null) throw new RetconError('mart_missing', `the SQL of ${name} in the live release is gone`);
  return parseMart(`${name}.sql`, (JSON.parse(found.body.toString('utf8')) as { sql: string }).sql);
}

export async function readState(lake: Lake, mart: string): Promise<MartState> {
  const found = await lake.objects.get(martStateKey(mart));
  return found === null ? {} : (JSON.parse(found.body.toString('utf8')) as MartState);
}

async function writeState(lake: Lake, mart: string, slice: string, state: MartState[string]): Promise<void> {
  for (;;) {
    const found = await lake.objects.get(martStateKey(mart));
    const all: MartState = found === null ? {} : JSON.parse(found.body.toString('utf8'));
    all[slice] = state;
    const condition = found === null ? { ifAbsent: true } : { ifMatch: found.etag };
    if ((await lake.objects.put(martStateKey(mart), JSON.stringify(all), condition)) === 'written') return;
  }
}
