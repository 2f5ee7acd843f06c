import { martStateKey } from '../../shared/lake/keys.ts';
import type { Lake } from '../../shared/lake/lake.ts';

/** What stands in the lake of a mart, by slice. */
export type MartState = Record<string, BuiltMart>;

export interface BuiltMart {
  /** Of what it was built: its slice and the results that it read. */
  key: string;
  /** Where it lies; null while none has passed its tests. */
  folder: string | null;
  at: string;
  /** Why the last attempt failed; null when it didn't. */
  error: string | null;
  /** Names and Hive types of what lies there, in order. */
  columns: { name: string; type: string }[];
}

export async function readState(lake: Lake, mart: string): Promise<MartState> {
  const found = await lake.objects.get(martStateKey(mart));
  return found === null ? {} : (JSON.parse(found.body.toString('utf8')) as MartState);
}

export async function writeState(lake: Lake, mart: string, slice: string, state: BuiltMart): Promise<void> {
  for (;;) {
    const found = await lake.objects.get(martStateKey(mart));
    const all: MartState = found === null ? {} : JSON.parse(found.body.toString('utf8'));
    all[slice] = state;
    const condition = found === null ? { ifAbsent: true } : { ifMatch: found.etag };
    if ((await lake.objects.put(martStateKey(mart), JSON.stringify(all), condition)) === 'written') return;
  }
}
