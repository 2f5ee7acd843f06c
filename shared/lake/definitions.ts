import { DEFAULT_DEFINITION } from '../core/definition/defaults.ts';
import { merged } from '../core/definition/scopes.ts';
import type { Definition } from '../core/definition/types.ts';
import { RetconError } from '../core/errors.ts';
import type { ObjectStore } from '../ports/objects.ts';
import { definitionKey } from './keys.ts';
import type { Release } from './releases.ts';
import type { SiteOpening } from './site-index.ts';
import { hashOf } from './slices.ts';

/** Stores a definition under its hash and gives the hash; the same definition twice is one object. */
export async function storeDefinition(objects: ObjectStore, definition: Definition): Promise<string> {
  const hash = hashOf(definition);
  await objects.put(definitionKey(hash), JSON.stringify(definition), { ifAbsent: true });
  return hash;
}

/** The definition of a release. */
export async function loadDefinition(objects: ObjectStore, hash: string): Promise<Definition> {
  const found = await objects.get(definitionKey(hash));
  if (found === null) {
    throw new RetconError(
      'definition_missing',
      `definition ${hash} of the live release is gone from the lake`,
    );
  }
  const stored = JSON.parse(found.body.toString('utf8')) as Definition;
  // Stored by a version that knew fewer words: what they mean when absent is their default.
  return { ...merged(DEFAULT_DEFINITION, stored), scopes: stored.scopes };
}

/** A site's time zone and hosts under a release or a candidate: restated ones, else those of its first use. */
export function siteSettings(release: Pick<Release, 'sites'>, site: string, opened: SiteOpening) {
  return release.sites[site] ?? { time_zone: opened.time_zone, hosts: opened.hosts };
}
