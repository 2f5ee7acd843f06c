import { martStateKey, martStatePrefix } from './keys.ts';
import type { Lake } from './lake.ts';

/** What stands in the lake of a mart, by slice. */
export type MartState = Record<string, BuiltMart>;

export interface BuiltMart {
  /** Of what it was built: its slice and the results that it read. */
  key: string;
  /** Where it lies; null while none has passed its tests. */
  folder: string | null;
  at: string;
  /** What Athena scanned for the last attempt and its tests, dollars at list prices; absent: nobody counted. */
  dollars?: number;
  /** Why the last attempt failed; null when it didn't. */
  error: string | null;
  /** Names and Hive types of what lies there, in order. */
  columns: { name: string; type: string }[];
}

export async function readState(lake: Lake, mart: string): Promise<MartState> {
  const found = await lake.objects.get(martStateKey(mart));
  return found === null ? {} : (JSON.parse(found.body.toString('utf8')) as MartState);
}

/** Names of all marts that the lake ever built. */
export async function everyMart(lake: Lake): Promise<string[]> {
  const keys = await lake.objects.list(martStatePrefix);
  return keys.map(({ key }) => key.slice(martStatePrefix.length).replace(/\.json$/, ''));
}

/** Notes what stands in a slice of a mart; null: nothing does. */
export async function writeState(
  lake: Lake,
  mart: string,
  slice: string,
  state: BuiltMart | null,
): Promise<void> {
  for (;;) {
    const found = await lake.objects.get(martStateKey(mart));
    const all: MartState = found === null ? {} : JSON.parse(found.body.toString('utf8'));
    if (state === null) delete all[slice];
    else all[slice] = state;
    const condition = found === null ? { ifAbsent: true } : { ifMatch: found.etag };
    if ((await lake.objects.put(martStateKey(mart), JSON.stringify(all), condition)) === 'written') return;
  }
}
