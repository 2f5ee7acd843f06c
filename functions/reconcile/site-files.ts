import { createHash } from 'node:crypto';
import { checkInternalFilters } from '../../shared/core/definition/internal-filters.ts';
import type { Definition } from '../../shared/core/definition/types.ts';
import { type Mistake, mistakeOf } from '../../shared/core/errors.ts';
import type { Site } from '../../shared/core/site.ts';
import { parseSite } from '../../shared/core/site-file.ts';
import { siteConfigPrefix, siteFilesKey } from '../../shared/lake/keys.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import { checkOffset } from '../../shared/lake/opening.ts';
import { storeSite } from '../../shared/lake/sites.ts';

/** What became of a site file in the lake, by its key (docs/lake-format.md, "Site files"). */
export type SiteFiles = Record<string, SiteFile>;

export interface SiteFile {
  /** sha256, hex, of the text that this is about. */
  text: string;
  /** What is wrong with it; null when it is in effect. */
  error: Mistake | null;
}

/**
 * Site files that somebody put into the lake, `config/sites/<site>.yaml`, become the sites that the functions
 * read. Each writing of a file is taken once, so settings that were stored by other means later stay. What is
 * wrong with a file is noted beside its key, and changes nothing.
 *
 * @param definition the live one: its filters must fit what a site keeps of addresses
 * @returns what became of the files that were looked at now; unchanged ones are left out
 */
export async function takeSiteFiles(lake: Lake, definition: Definition): Promise<SiteFiles> {
  const { objects } = lake;
  for (;;) {
    const noted = await objects.get(siteFilesKey);
    const before: SiteFiles = noted === null ? {} : JSON.parse(noted.body.toString('utf8'));
    const now: SiteFiles = {};
    const taken: SiteFiles = {};
    for (const { key } of await objects.list(siteConfigPrefix)) {
      if (!/\.ya?ml$/.test(key)) continue;
      const found = await objects.get(key);
      if (found === null) continue;
      const text = createHash('sha256').update(found.body).digest('hex');
      if (before[key]?.text === text) {
        now[key] = before[key];
        continue;
      }
      now[key] = { text, error: await takeOne(lake, definition, key, found.body.toString('utf8')) };
      taken[key] = now[key];
    }
    if (JSON.stringify(now) === JSON.stringify(before)) return taken;
    const condition = noted === null ? { ifAbsent: true } : { ifMatch: noted.etag };
    const outcome = await objects.put(siteFilesKey, JSON.stringify(now), {
      ...condition,
      contentType: 'application/json',
    });
    if (outcome === 'written') return taken;
  }
}

async function takeOne(
  lake: Lake,
  definition: Definition,
  key: string,
  text: string,
): Promise<Mistake | null> {
  try {
    const site: Site = parseSite(text, key);
    checkInternalFilters(definition, [site], 'the live definition');
    const { opened } = await lake.log(site.site).read();
    if (opened) checkOffset(site, opened);
    await storeSite(lake, site);
    return null;
  } catch (cause) {
    return mistakeOf(cause);
  }
}
