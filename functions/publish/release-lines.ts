import { releaseLinesKey } from '../../shared/lake/keys.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import { everyRelease } from '../../shared/lake/releases.ts';

/** Writes what the table `releases` shows: a JSON line for each release. Releases only ever become more. */
export async function putReleaseLines({ objects }: Lake): Promise<void> {
  for (;;) {
    const before = await objects.get(releaseLinesKey);
    const releases = (await everyRelease(objects)).reverse();
    const lines = releases.map(({ release, at, who, why, changes }) => {
      return `${JSON.stringify({ release, at: Date.parse(at), who, why, changes: changes.join('; ') })}\n`;
    });
    if (before !== null && before.body.toString('utf8').split('\n').length > lines.length) return;
    const condition = before === null ? { ifAbsent: true } : { ifMatch: before.etag };
    if ((await objects.put(releaseLinesKey, lines.join(''), condition)) === 'written') return;
  }
}
