import type { Clock } from '../../shared/core/clock.ts';
import type { Correlation } from '../../shared/correlation.ts';
import type { Look } from '../../shared/envelopes/events.ts';
import { waveDoneKey, waveDonePrefix, waveKey, waveSentKey } from '../../shared/lake/keys.ts';
import { hashOf } from '../../shared/lake/slices.ts';
import type { ObjectStore } from '../../shared/ports/objects.ts';
import type { Queue } from '../../shared/ports/queue.ts';
import type { TargetSettings } from './target.ts';
import type { Task } from './tasks.ts';

/** Tasks that many workers share out; the plan goes on when all of it is done. */
export interface Wave {
  settings: TargetSettings;
  batches: Task[][];
  look?: Look;
}

/** One batch of a wave, as a message. */
export interface BatchMessage {
  site: string;
  wave: string;
  batch: number;
  /** Landing objects that led to the wave. */
  correlation?: Correlation;
}

/** A wave that is not done so long after it was sent is sent again: workers that gave up left no trace. */
const AGAIN_AFTER_MS = 6 * 3_600_000;

/**
 * Hands out work. Called again with the same tasks (a repeated message, a second planner, an arrival
 * elsewhere in the site) it sends nothing twice.
 */
export async function sendWave(
  deps: { objects: ObjectStore; work: Queue; clock: Clock },
  wave: Wave,
): Promise<'sent' | 'under way'> {
  const { site } = wave.settings;
  const id = hashOf(wave.batches.flat().flatMap(({ keys }) => Object.values(keys)));
  await deps.objects.put(waveKey(site, id), JSON.stringify(wave), { ifAbsent: true });
  const sent = await deps.objects.get(waveSentKey(site, id));
  if (sent !== null) {
    const { at } = JSON.parse(sent.body.toString('utf8')) as { at: number };
    if (deps.clock.now() - at < AGAIN_AFTER_MS) return 'under way';
  }
  const batches = wave.batches.map((_, batch): BatchMessage => ({ site, wave: id, batch }));
  await deps.work.send(batches);
  await deps.objects.put(waveSentKey(site, id), JSON.stringify({ at: deps.clock.now() }));
  return 'sent';
}

/** A wave by its id; null when it was swept away: then its work is done or no longer wanted. */
export async function loadWave(objects: ObjectStore, site: string, id: string): Promise<Wave | null> {
  const found = await objects.get(waveKey(site, id));
  return found === null ? null : (JSON.parse(found.body.toString('utf8')) as Wave);
}

/** Notes a batch as done. @returns whether the whole wave is; several workers may be told so */
export async function finishBatch(objects: ObjectStore, wave: Wave, message: BatchMessage): Promise<boolean> {
  const { site, wave: id, batch } = message;
  await objects.put(waveDoneKey(site, id, batch), '');
  return (await objects.list(waveDonePrefix(site, id))).length >= wave.batches.length;
}
