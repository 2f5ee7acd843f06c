import { readState } from '../../shared/lake/mart-state.ts';
import type { Release } from '../../shared/lake/releases.ts';
import type { WorkingLake } from '../working-lake.ts';

/** A mart of the live release: when it was last tried, and what went wrong with it. */
export interface MartStatus {
  mart: string;
  at: string | null;
  /** What its last build had Athena scan, dollars at list prices; null when nobody counted. */
  dollars: number | null;
  error: string | null;
}

/** The marts of a release, by name. */
export async function martStatus(lake: WorkingLake, release: Release | null): Promise<MartStatus[]> {
  return Promise.all(
    Object.keys(release?.marts ?? {})
      .sort()
      .map(async (mart) => {
        const state = (await readState(lake.lake, mart))[release!.slices[mart]!];
        return { mart, at: state?.at ?? null, dollars: state?.dollars ?? null, error: state?.error ?? null };
      }),
  );
}
