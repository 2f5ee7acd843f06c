import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { mustBeLive, readCandidate } from '../functions/sessionize/planning/read.ts';
import { badInput } from '../shared/core/errors.ts';
import { parseMart } from '../shared/core/mart-file.ts';
import { nearest } from '../shared/core/nearest.ts';
import { candidateOfRelease } from '../shared/lake/candidate.ts';
import type { Read } from '../shared/lake/changes.ts';
import type { Lake } from '../shared/lake/lake.ts';
import { martText } from '../shared/lake/marts.ts';
import { checkOffset, openings } from '../shared/lake/opening.ts';
import { everyRelease, type Release, releaseNumber } from '../shared/lake/releases.ts';
import { everySite } from '../shared/lake/sites.ts';
import { readWorkspace, type Workspace, workspaceCandidate } from './workspace.ts';

/** What is proposed, and the texts of its marts. */
export interface Proposed extends Read {
  texts: Record<string, string>;
}

/** What the files of a folder propose. Sites are read, never written. */
export async function proposedByFiles(lake: Lake, dir: string): Promise<Proposed> {
  const workspace = await readWorkspace(dir);
  const live = await mustBeLive(lake);
  const names = await everySite(lake);
  const opened = await openings(lake, names);
  for (const site of workspace.sites.values()) {
    const opening = opened.get(site.site);
    if (opening !== undefined) checkOffset(site, opening);
  }
  checkScopes(workspace, new Set([...workspace.sites.keys(), ...names]));
  const marts = Object.entries(workspace.marts).map(
    ([name, sql]) => [name, parseMart(`${name}.sql`, sql)] as const,
  );
  return {
    candidate: workspaceCandidate(workspace, live, opened),
    definition: workspace.definition,
    marts: Object.fromEntries(marts),
    texts: workspace.marts,
  };
}

/** What an earlier release showed: what going back to it would propose. */
export async function proposedByRelease(lake: Lake, text: string): Promise<Proposed> {
  const candidate = candidateOfRelease(await releaseNamed(lake, text, 'from-release'));
  const read = await readCandidate(lake, candidate);
  const texts = Object.entries(candidate.marts).map(
    async ([name, hash]) => [name, await martText(lake.objects, name, hash)] as const,
  );
  return { ...read, texts: Object.fromEntries(await Promise.all(texts)) };
}

/** A release by its number. Throws `unknown_release` (exit 2). */
export async function releaseNamed(lake: Lake, text: string, field: string): Promise<Release> {
  const found = /^[1-9]\d{0,9}$/.test(text) ? await releaseNumber(lake.objects, Number(text)) : null;
  if (found !== null) return found;
  const [newest] = await everyRelease(lake.objects);
  throw badInput('unknown_release', `there is no release "${text}"`, {
    field,
    fix: newest ? `name one from 1 to ${newest.release}` : 'this lake has none yet',
  });
}

const git = promisify(execFile);
const MOST = 64 * 1024 * 1024;

/**
 * What the files of a commit propose: `sites/`, `definitions/` and `marts/` as they stand there, read like those
 * of a folder.
 *
 * @param ref anything that git takes for a commit: a branch, a tag, HEAD~1
 * @throws RetconError `bad_ref` (exit 2) when git doesn't know it or the folder isn't in a repository
 */
export async function proposedByRef(lake: Lake, dir: string, ref: string): Promise<Proposed> {
  const folder = await mkdtemp(join(tmpdir(), 'retcon-ref-'));
  try {
    const commit = (
      await ask(dir, ref, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`])
    ).trim();
    const listed = await ask(dir, ref, [
      'ls-tree',
      '-r',
      '-z',
      '--name-only',
      commit,
      'sites/',
      'definitions/',
      'marts/',
    ]);
    for (const path of listed.split('\0').filter((name) => /\.(ya?ml|sql)$/.test(name))) {
      const to = join(folder, path);
      await mkdir(dirname(to), { recursive: true });
      await writeFile(to, await ask(dir, ref, ['show', `${commit}:./${path}`]));
    }
    return await proposedByFiles(lake, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function ask(dir: string, ref: string, args: string[]): Promise<string> {
  try {
    return (await git('git', ['-C', dir, ...args], { maxBuffer: MOST })).stdout;
  } catch (cause) {
    const { code, stderr } = cause as { code?: unknown; stderr?: string };
    const why =
      code === 'ENOENT'
        ? 'git is not installed'
        : stderr?.trim().split('\n')[0] || 'git knows no such commit';
    throw badInput('bad_ref', `"${ref}" can't be read in ${dir}: ${why}`, {
      field: 'from-ref',
      fix: 'name a commit, a branch or a tag of the repository that holds the files',
      cause,
    });
  }
}

/** A scope that names a site which nobody knows would change nothing, silently. */
function checkScopes({ definition }: Workspace, known: ReadonlySet<string>): void {
  for (const [index, { sites }] of definition.scopes.entries()) {
    const unknown = sites?.find((site) => !known.has(site));
    if (unknown === undefined) continue;
    const close = nearest(unknown, [...known]);
    throw badInput(
      'unknown_site',
      `definitions/default.yaml: scopes[${index}] names the site "${unknown}", and there is none`,
      {
        field: `scopes[${index}].sites`,
        fix: close ? `did you mean ${close}?` : `write sites/${unknown}.yaml`,
      },
    );
  }
}
