import type { Definition } from '../core/definition/types.ts';
import type { Bus } from '../ports/bus.ts';
import { candidateOf } from './candidate.ts';
import { storeDefinition } from './definitions.ts';
import type { Lake } from './lake.ts';
import { storeMarts } from './marts.ts';
import { liveRelease, putRelease, type Release } from './releases.ts';

/**
 * Makes release 1 of a lake that has none: the definition and marts at hand become what readers see.
 * When several do it at once the first one stands. Gives the live release, whoever made it.
 *
 * @param marts name to SQL text
 */
export async function ensureRelease(
  lake: Lake,
  bus: Bus,
  definition: Definition,
  marts: Record<string, string>,
  who: string,
): Promise<Release> {
  const live = await liveRelease(lake.objects);
  if (live !== null) return live;
  const sources = await storeMarts(lake.objects, marts);
  await storeDefinition(lake.objects, definition);
  const release: Release = {
    release: 1,
    at: new Date(lake.clock.now()).toISOString(),
    who,
    why: 'first use of the lake',
    changes: ['everything is new'],
    ...candidateOf(definition, sources, {}),
  };
  if ((await putRelease(lake.objects, release)) === 'written') {
    await bus.announce([{ type: 'Release Published', detail: { release: 1 } }]);
    return release;
  }
  return (await liveRelease(lake.objects))!;
}
