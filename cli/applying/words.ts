import type { Style } from '../style.ts';
import type { Applied } from './apply-candidate.ts';
import type { Counts } from './count-results.ts';

/** What was applied, for people. */
export function appliedWords({ release, computed, reused }: Applied, style: Style, ms: number): string {
  const seconds = `${(ms / 1000).toFixed(1)} s`;
  return [
    `${style.bold(`release ${release} is live`)}, after ${seconds}`,
    `computed  ${listed(computed)}`,
    `reused    ${listed(reused)}`,
    'the way back: retcon rollback',
  ].join('\n');
}

function listed(counts: Counts): string {
  const some = Object.entries(counts).filter(([, n]) => n > 0);
  return some.length === 0 ? 'nothing' : some.map(([name, n]) => `${name} ${n}`).join(', ');
}
