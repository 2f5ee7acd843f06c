import { getDomain } from 'tldts';
import list from './source-categories.json' with { type: 'json' };

/** What kind of place a visit came from. */
export type SourceCategory = 'search' | 'social' | 'shopping' | 'video';

/** A source found in the list: the entry that matched and its category. */
export interface ListedSource {
  entry: string;
  category: SourceCategory;
}

/**
 * Google Analytics' list of sources, as published by Adam Ribaudo under the MIT licence beside it
 * (`source-categories.LICENSE`); keys in lower case.
 */
const CATEGORIES = new Map(Object.entries(list) as [string, SourceCategory][]);

/** Most sources remembered; then all are forgotten. */
const MEMORY = 20_000;
const remembered = new Map<string, ListedSource | null>();

/**
 * Looks a source (a host, or the value of utm_source) up in the list, ignoring case: itself, then the hosts
 * above it down to the registrable domain (a public suffix such as `co.uk` or `social` is nobody's host),
 * then the first label of the registrable domain (`www.google.co.jp` is `google`). Null when nothing matches.
 */
export function listedSource(source: string): ListedSource | null {
  const key = source.toLowerCase();
  let found = remembered.get(key);
  if (found === undefined) {
    found = lookUp(key);
    if (remembered.size >= MEMORY) remembered.clear();
    remembered.set(key, found);
  }
  return found;
}

function lookUp(source: string): ListedSource | null {
  const own = entry(source);
  if (own !== null) return own;
  const domain = source.includes('.') ? getDomain(source) : null;
  if (domain === null || !source.endsWith(domain)) return null;
  for (let host = source; host.length > domain.length; ) {
    host = host.slice(host.indexOf('.') + 1);
    const above = entry(host);
    if (above !== null) return above;
  }
  return entry(domain.slice(0, domain.indexOf('.')));
}

function entry(name: string): ListedSource | null {
  const category = CATEGORIES.get(name);
  return category === undefined ? null : { entry: name, category };
}
