import { randomUUID } from 'node:crypto';

/**
 * Where everything lies in the lake's bucket (docs/lake-format.md). Values that come from users (site,
 * mart names) have passed their own allow-list before they reach a key.
 */

/** A name no other attempt has: files are written under it, then named by the log. */
export function attemptId(): string {
  return randomUUID();
}

export const landingPrefix = 'landing/';

/** `piece`: number of the file, of a generation in several. */
export function factsKey(site: string, unit: string, attempt: string, piece: number | null = null): string {
  const name = piece === null ? 'facts' : `facts-${String(piece).padStart(3, '0')}`;
  return `facts/site=${site}/unit=${unit}/${attempt}/${name}.parquet`;
}

/** Beside a big generation of facts: the ids under which its events were sent, as numbers. */
export function idsKey(site: string, unit: string, attempt: string): string {
  return `facts/site=${site}/unit=${unit}/${attempt}/ids.parquet`;
}

/** Folder of one partition of a public derived table, with its trailing slash. */
export function derivedFolder(
  dataset: string,
  slice: string,
  site: string,
  dt: string,
  unit: string,
  attempt: string,
): string {
  return `derived/${dataset}/slice=${slice}/site=${site}/dt=${dt}/unit=${unit}/${attempt}/`;
}

/** Folder of the internal results of one unit (`boundaries`, what crosses its edges). */
export function internalFolder(
  dataset: string,
  slice: string,
  site: string,
  unit: string,
  attempt: string,
): string {
  return `derived/${dataset}/slice=${slice}/site=${site}/unit=${unit}/${attempt}/`;
}

export function martFolder(mart: string, slice: string, attempt: string): string {
  return `marts/${mart}/slice=${slice}/unit=all/${attempt}/`;
}

const digits = (n: number): string => String(n).padStart(10, '0');

export const logPrefix = (site: string): string => `state/log/${site}/`;
export const logKey = (site: string, n: number): string => `${logPrefix(site)}${digits(n)}.json`;

const NEWEST = 9_999_999_999;
export const checkpointPrefix = (site: string): string => `state/checkpoints/${site}/`;
/** Counted downwards, so that the newest is the first that a listing gives. */
export const checkpointKey = (site: string, n: number): string =>
  `${checkpointPrefix(site)}${digits(NEWEST - n)}.json`;
/** The entry up to which a checkpoint goes; null when the key is none of a checkpoint. */
export function checkpointNumber(key: string): number | null {
  const number = numberOfKey(key);
  return number === null ? null : NEWEST - number;
}

/** A part of a site's ledger: what was consumed long ago. */
export const ledgerKey = (site: string, attempt: string): string => `state/ledger/${site}/${attempt}.json.gz`;

/** What the reconciler saw consumed as a whole. */
export const reconciledKey = 'state/reconciled.json';

/** Receipts of erasures: of whom by a hash alone. */
export const erasurePrefix = 'state/erasures/';
export const erasureKey = (visitor: string, until: number): string =>
  `${erasurePrefix}${visitor}/${String(until).padStart(13, '0')}.json`;

export const manifestPrefix = 'state/manifests/';
export const manifestKey = (key: string): string => `${manifestPrefix}${key}.json`;

export const wavePrefix = (site: string): string => `state/waves/${site}/`;
const waveFolder = (site: string, wave: string): string => `${wavePrefix(site)}${wave}/`;
export const waveKey = (site: string, wave: string): string => `${waveFolder(site, wave)}wave.json`;
export const waveSentKey = (site: string, wave: string): string => `${waveFolder(site, wave)}sent.json`;
export const waveDonePrefix = (site: string, wave: string): string => `${waveFolder(site, wave)}done/`;
export const waveDoneKey = (site: string, wave: string, batch: number): string =>
  `${waveDonePrefix(site, wave)}${batch}`;

export const releasePrefix = 'state/releases/';
export const releaseKey = (n: number): string => `${releasePrefix}${digits(n)}.json`;
/** Marks of proposals that are being applied: beside the releases, so that one listing shows both. */
export const applyingPrefix = `${releasePrefix}applying/`;
export const applyingKey = (proposal: string): string => `${applyingPrefix}${proposal}`;

export const proposalPrefix = 'state/proposals/';
export const proposalKey = (id: string): string => `${proposalPrefix}${id}.json`;

/** What the table `releases` shows. */
export const releaseLinesPrefix = 'state/release-lines/';
export const releaseLinesKey = `${releaseLinesPrefix}releases.ndjson`;

export const siteConfigPrefix = 'config/sites/';
export const siteConfigKey = (site: string): string => `${siteConfigPrefix}${site}.json`;
/** The site that an object under `config/sites/` configures; null for a site file that somebody put beside. */
export const siteOfConfigKey = (key: string): string | null =>
  key.endsWith('.json') ? key.slice(siteConfigPrefix.length, -'.json'.length) : null;
/** What became of site files that were put into the lake. */
export const siteFilesKey = 'state/site-files.json';
export const definitionKey = (hash: string): string => `config/definitions/${hash}.json`;
export const martKey = (hash: string): string => `config/marts/${hash}.json`;

/** Definition files that somebody proposes, and what became of each. */
export const proposedPrefix = 'config/proposals/';
export const answerKey = (name: string): string => `state/answers/${name}.json`;

export const unitLinesPrefix = 'state/units/';
export const unitLinesKey = (site: string): string => `${unitLinesPrefix}${site}.ndjson`;

export const previewPrefix = 'state/previews/';
export const previewKey = (proposal: string): string => `${previewPrefix}${proposal}.json`;

export const projectionKey = (site: string): string => `state/projections/${site}.json`;
/** When each object was first seen to be garbage. */
export const garbageKey = 'state/garbage.json';

export const martStatePrefix = 'state/marts/';
export const martStateKey = (mart: string): string => `${martStatePrefix}${mart}.json`;

/** Number of a log entry or a release from its key; null for a foreign object. */
export function numberOfKey(key: string): number | null {
  const match = /(\d{10})\.json$/.exec(key);
  return match ? Number(match[1]) : null;
}
