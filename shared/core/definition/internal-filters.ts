import { type Cidr, cidrText, parseCidr } from '../cidr.ts';
import { type Problem, problemsError } from '../config/problems.ts';
import type { Site } from '../site.ts';
import { definitionPeriods } from './scopes.ts';
import type { Definition } from './types.ts';

/** Leading bits of an address that `privacy.address: truncate` keeps. */
export const KEPT_BITS = { 4: 24, 6: 48 } as const;

/**
 * Checks every range of `filters.internal`, scopes included, against what the sites it applies to keep of
 * an address: `truncate` keeps /24 of IPv4 and /48 of IPv6, `drop` nothing. A narrower range could never be
 * told from its neighbours, so it throws `bad_definition` (exit 2) with the fix.
 *
 * @param fileName of the definition, for messages
 */
export function checkInternalFilters(
  definition: Definition,
  sites: readonly Pick<Site, 'site' | 'privacy'>[],
  fileName = 'definitions/default.yaml',
): void {
  const problems = new Map<string, Problem>();
  for (const site of sites) {
    for (const { definition: then } of definitionPeriods(definition, site.site)) {
      for (const filter of then.filters.internal) {
        if (!('cidr' in filter)) continue;
        const problem = mismatch(filter.cidr, site);
        if (problem !== null) problems.set(`${site.site} ${filter.cidr}`, problem);
      }
    }
  }
  if (problems.size > 0) throw problemsError('bad_definition', fileName, [...problems.values()]);
}

function mismatch(text: string, site: Pick<Site, 'site' | 'privacy'>): Problem | null {
  const cidr = parseCidr(text) as Cidr;
  const keeps = site.privacy.address;
  if (keeps === 'keep') return null;
  const problem = { line: null, column: null, path: 'filters.internal' };
  const keep = `set privacy: {address: keep} in sites/${site.site}.yaml (it holds for events from then on)`;
  if (keeps === 'drop') {
    return {
      ...problem,
      what: `the range ${text} can match nothing, for site ${site.site} drops addresses`,
      fix: `use a condition such as {field: user_id, starts_with: staff-}, or ${keep}`,
    };
  }
  const bits = KEPT_BITS[cidr.version];
  if (cidr.bits <= bits) return null;
  const free = BigInt((cidr.version === 4 ? 32 : 128) - bits);
  const wider = cidrText({ version: cidr.version, value: (cidr.value >> free) << free, bits });
  return {
    ...problem,
    what: `the range ${text} is narrower than the /${bits} that site ${site.site} keeps of an address`,
    fix: `write ${wider}, or ${keep}`,
  };
}
