import { readdir, readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { SHIPPED_MARTS } from '../marts/shipped.ts';
import { checkInternalFilters } from '../shared/core/definition/internal-filters.ts';
import { parseDefinition } from '../shared/core/definition/parse.ts';
import type { Definition } from '../shared/core/definition/types.ts';
import { badInput } from '../shared/core/errors.ts';
import { parseMart } from '../shared/core/mart-file.ts';
import { nearest } from '../shared/core/nearest.ts';
import type { Site } from '../shared/core/site.ts';
import { parseSite, siteFileToWrite } from '../shared/core/site-file.ts';
import { type Candidate, candidateOf } from '../shared/lake/candidate.ts';
import { loadDefinition, siteSettings, storeDefinition } from '../shared/lake/definitions.ts';
import { ensureRelease } from '../shared/lake/first-release.ts';
import type { Lake } from '../shared/lake/lake.ts';
import { readMarts, storeMarts } from '../shared/lake/marts.ts';
import { checkOffset } from '../shared/lake/opening.ts';
import type { Release } from '../shared/lake/releases.ts';
import type { SiteOpening } from '../shared/lake/site-index.ts';
import { storeSite } from '../shared/lake/sites.ts';
import { hashOf } from '../shared/lake/slices.ts';
import type { Bus } from '../shared/ports/bus.ts';

/** The files that a user edits, read and checked. */
export interface Workspace {
  sites: Map<string, Site>;
  definition: Definition;
  /** Name to SQL text: the shipped marts and the user's own, which replace those of the same name. */
  marts: Record<string, string>;
}

/** Reads `sites/`, `definitions/default.yaml` and `marts/` of a folder; what is absent has its default. */
export async function readWorkspace(dir: string): Promise<Workspace> {
  const sites = new Map<string, Site>();
  for (const file of await filesOf(join(dir, 'sites'), /\.ya?ml$/)) {
    const site = parseSite(await readFile(join(dir, 'sites', file), 'utf8'), `sites/${file}`);
    sites.set(site.site, site);
  }
  const text = await textOf(join(dir, 'definitions', 'default.yaml'));
  const definition = parseDefinition(text ?? '', 'definitions/default.yaml');
  checkInternalFilters(definition, [...sites.values()]);
  return {
    sites,
    definition,
    marts: { ...SHIPPED_MARTS, ...(await martsOf(join(dir, 'marts'))) },
  };
}

/**
 * Brings the lake and the folder together: sites act at once, an empty lake gets its first release from
 * the folder. What was edited since and waits for an apply comes back in words.
 */
export async function openWorkspace(
  target: { lake: Lake; bus: Bus },
  dir: string,
): Promise<Workspace & { release: Release; waiting: string[] }> {
  const workspace = await readWorkspace(dir);
  const { lake, bus } = target;
  for (const site of workspace.sites.values()) {
    const { opened } = await lake.log(site.site).read();
    if (opened) checkOffset(site, opened);
    await storeSite(lake, site);
  }
  const release = await ensureRelease(lake, bus, workspace.definition, workspace.marts, userInfo().username);
  return { ...workspace, release, waiting: await editedSince(lake, workspace, release) };
}

/**
 * What the lake would show if the files at hand were applied. Sites that are not at hand stay as they are.
 * Nothing is stored.
 *
 * @param openings of every site: what it said at its first use
 */
export function workspaceCandidate(
  workspace: Workspace,
  live: Release,
  openings: ReadonlyMap<string, SiteOpening>,
): Candidate {
  const sites = { ...live.sites };
  for (const { site, time_zone, hosts } of workspace.sites.values()) {
    const opened = openings.get(site);
    if (opened === undefined) continue;
    if (same({ time_zone, hosts }, opened)) delete sites[site];
    else sites[site] = { time_zone, hosts };
  }
  return candidateOf(workspace.definition, readMarts(workspace.marts), sites);
}

/** Stores what a candidate of the workspace refers to. */
export async function storeWorkspace(lake: Lake, workspace: Workspace): Promise<void> {
  await storeDefinition(lake.objects, workspace.definition);
  await storeMarts(lake.objects, workspace.marts);
}

/** The named site, or an error that prints the file to write. */
export function siteNamed(workspace: Workspace, name: string): Site {
  const site = workspace.sites.get(name);
  if (site) return site;
  const close = nearest(name, [...workspace.sites.keys()]);
  const hint = close === null ? '' : ` (did you mean ${close}?)`;
  throw badInput('unknown_site', `there is no site "${name}"${hint}`, {
    field: 'site',
    fix: `write sites/${name}.yaml:\n\n${siteFileToWrite(name)}`,
  });
}

async function editedSince(lake: Lake, workspace: Workspace, release: Release): Promise<string[]> {
  const edited: string[] = [];
  const live = await loadDefinition(lake.objects, release.definition);
  if (hashOf(workspace.definition) !== hashOf(live)) edited.push('definitions/default.yaml');
  const names = new Set([...Object.keys(workspace.marts), ...Object.keys(release.marts)]);
  for (const name of names) {
    const sql = workspace.marts[name];
    if (sql === undefined || hashOf(sql) !== release.marts[name]) edited.push(`marts/${name}.sql`);
  }
  for (const site of workspace.sites.values()) {
    const { opened } = lake.log(site.site).folded;
    if (opened === null) continue;
    if (!same(site, siteSettings(release, site.site, opened))) {
      edited.push(`sites/${site.site}.yaml (time_zone, hosts)`);
    }
  }
  return edited;
}

type SiteDefinition = Pick<Site, 'time_zone' | 'hosts'>;

function same(a: SiteDefinition, b: SiteDefinition): boolean {
  return a.time_zone === b.time_zone && a.hosts.join() === b.hosts.join();
}

async function martsOf(folder: string): Promise<Record<string, string>> {
  const marts: Record<string, string> = {};
  for (const file of await filesOf(folder, /\.sql$/)) {
    const text = await readFile(join(folder, file), 'utf8');
    marts[parseMart(file, text).name] = text;
  }
  return marts;
}

async function filesOf(folder: string, pattern: RegExp): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((file) => pattern.test(file)).sort();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw badInput('cannot_read', `${folder} can't be read: ${(cause as Error).message}`, {
      field: 'dir',
      cause,
    });
  }
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw badInput('cannot_read', `${path} can't be read: ${(cause as Error).message}`, {
      field: 'dir',
      cause,
    });
  }
}
