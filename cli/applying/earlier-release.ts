import { badInput } from '../../shared/core/errors.ts';
import { targetId } from '../../shared/lake/candidate.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import { maintained } from '../../shared/lake/maintained.ts';
import { everyRelease, type Release } from '../../shared/lake/releases.ts';

/**
 * The release that somebody wants back, and the live one.
 *
 * @param named its number as typed; null for the one before the live one
 * @throws `unknown_release` (exit 2); `no_release` in a lake without one
 */
export async function earlierRelease(
  lake: Lake,
  named: string | null,
): Promise<{ wanted: Release; live: Release }> {
  const releases = await everyRelease(lake.objects);
  const [live, before] = releases;
  if (live === undefined) {
    throw badInput('no_release', 'this lake has no release yet', { fix: 'retcon run makes the first' });
  }
  const numbers = releases.map(({ release }) => release).reverse();
  const wanted = named === null ? before : releases.find(({ release }) => String(release) === named);
  if (wanted !== undefined) return { wanted, live };
  if (named === null) {
    throw badInput('no_earlier_release', `release ${live.release} is the first: there is none before it`, {
      field: 'RELEASE',
      fix: 'edit the files and retcon apply',
    });
  }
  throw badInput('unknown_release', `there is no release "${named}"`, {
    field: 'RELEASE',
    fix: `there ${numbers.length === 1 ? 'is' : 'are'} ${numbers.join(', ')}; retcon releases tells them apart`,
  });
}

/** Whether all that a release shows is kept up to date, so that going back to it computes nothing. */
export async function isKept(lake: Lake, release: Release): Promise<boolean> {
  const kept = await maintained(lake);
  if (kept === null) return false;
  const releases = [kept.live, ...(kept.previous ? [kept.previous] : [])];
  const marts = new Set(releases.flatMap(({ slices }) => Object.values(slices)));
  return (
    releases.some((one) => targetId(one) === targetId(release)) &&
    Object.keys(release.marts).every((mart) => marts.has(release.slices[mart]!))
  );
}
