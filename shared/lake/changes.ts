import { canonicalJson } from '../core/canonical-json.ts';
import { differences } from '../core/definition/difference.ts';
import { listDifference } from '../core/definition/list-difference.ts';
import { sectionsRead } from '../core/definition/slice.ts';
import type { Definition } from '../core/definition/types.ts';
import type { Mart } from '../core/mart-file.ts';
import { sqlMeaning } from '../core/sql-meaning.ts';
import type { Algorithms } from './algorithms.ts';
import type { Candidate } from './candidate.ts';
import { siteSettings } from './definitions.ts';
import type { SiteOpening } from './site-index.ts';
import { DEFINED_DATASETS } from './slices.ts';

/** What a candidate refers to, read. */
export interface Read {
  candidate: Candidate;
  definition: Definition;
  marts: Record<string, Mart>;
}

/** One thing that a proposal changes, and the dataset that reads it. */
export interface Change {
  dataset: string;
  /** In words: `sessions.inactivity: 30m -> 15m`. */
  what: string;
}

/**
 * What a candidate changes against what is live, in words. Each dataset that reads the changed part itself has
 * an entry; what hangs on it is not named. Empty when nothing that anybody sees or tests would differ.
 *
 * @param opened of every site: what it said at its first use
 */
export function changesBetween(live: Read, wanted: Read, opened: ReadonlyMap<string, SiteOpening>): Change[] {
  return [
    ...definitionChanges(live.definition, wanted.definition),
    ...siteChanges(live.candidate, wanted.candidate, opened),
    ...algorithmChanges(live.candidate.algorithms, wanted.candidate.algorithms),
    ...martChanges(live.marts, wanted.marts),
  ];
}

/** The changes as lines, each once, whichever datasets they concern. */
export function changeWords(changes: readonly Change[]): string[] {
  return [...new Set(changes.map(({ dataset, what }) => (isOwn(dataset) ? `${dataset}: ${what}` : what)))];
}

/** Words about a mart don't name it; words about a definition name the part. */
const isOwn = (dataset: string): boolean => !(DEFINED_DATASETS as readonly string[]).includes(dataset);

function definitionChanges(live: Definition, wanted: Definition): Change[] {
  return differences(live, wanted).flatMap(({ sections, what }) =>
    DEFINED_DATASETS.filter((dataset) => {
      const read = [...sectionsRead(live, dataset), ...sectionsRead(wanted, dataset)];
      return sections.some((section) => read.includes(section));
    }).map((dataset) => ({ dataset, what })),
  );
}

function siteChanges(live: Candidate, wanted: Candidate, opened: ReadonlyMap<string, SiteOpening>): Change[] {
  return [...opened].flatMap(([site, opening]) => {
    const [had, has] = [siteSettings(live, site, opening), siteSettings(wanted, site, opening)];
    const words: string[] = [];
    if (had.time_zone !== has.time_zone) words.push(`time zone ${had.time_zone} -> ${has.time_zone}`);
    words.push(...listDifference(had.hosts, has.hosts).map((word) => `hosts: ${word}`));
    return words.map((word) => ({ dataset: 'boundaries', what: `${site}: ${word}` }));
  });
}

function algorithmChanges(live: Algorithms, wanted: Algorithms): Change[] {
  const names = Object.keys(wanted) as (keyof Algorithms)[];
  return names.flatMap((name) => {
    const [had, has] = [live[name] ?? 0, wanted[name]];
    if (had === has) return [];
    const dataset =
      (DEFINED_DATASETS as readonly string[]).includes(name) || name === 'marts' ? name : 'boundaries';
    return [{ dataset, what: `${name}: algorithm ${had} -> ${has} (this version computes it otherwise)` }];
  });
}

function martChanges(live: Record<string, Mart>, wanted: Record<string, Mart>): Change[] {
  const names = [...new Set([...Object.keys(live), ...Object.keys(wanted)])].sort();
  return names.flatMap((name) =>
    martDifference(live[name], wanted[name]).map((what) => ({ dataset: name, what })),
  );
}

function martDifference(had: Mart | undefined, has: Mart | undefined): string[] {
  if (has === undefined) return ['gone: nobody sees it any more'];
  if (had === undefined) return ['new'];
  const words: string[] = [];
  if (sqlMeaning(had.sql) !== sqlMeaning(has.sql)) words.push('its query changed');
  if (had.grain.join() !== has.grain.join())
    words.push(`grain ${had.grain.join(', ')} -> ${has.grain.join(', ')}`);
  if (canonicalJson(had.inputs) !== canonicalJson(has.inputs)) words.push('its inputs changed');
  const told: string[] = [];
  if (had.description !== has.description) told.push('its description');
  if (canonicalJson(had.columns) !== canonicalJson(has.columns)) told.push('what its columns mean');
  if (told.length > 0) words.push(`${told.join(' and ')} changed (no row does)`);
  if (canonicalJson(had.tests) !== canonicalJson(has.tests)) words.push('its tests changed (no row does)');
  return words;
}
