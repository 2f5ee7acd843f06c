import type { Comparison } from '../../functions/publish/comparison/compare.ts';
import type { Preview } from '../../functions/publish/comparison/preview.ts';
import { previewOf } from '../../functions/publish/comparison/preview-of.ts';
import { daysAround } from '../../functions/publish/comparison/range.ts';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { lookDetail } from '../../shared/envelopes/events.ts';
import { type Candidate, candidateOf } from '../../shared/lake/candidate.ts';
import { storeDefinition } from '../../shared/lake/definitions.ts';
import { propose, startApplying } from '../../shared/lake/proposals.ts';
import { liveRelease, type Release } from '../../shared/lake/releases.ts';
import type { TestLake } from '../lake/open.ts';

/** A definition that somebody thinks of, in a lake that has data. */
export interface Proposed {
  candidate: Candidate;
  /** Has it looked at, and compares; by default everywhere and always. */
  preview(from?: string | null, to?: string | null): Promise<Preview>;
  /** Has it released; gives the moment from which results count as made by that. */
  apply(): Promise<number>;
}

/** Proposes a definition, and with `sites` other zones or hosts. */
export async function proposed(
  lake: TestLake,
  text: string,
  sites: Release['sites'] = {},
): Promise<Proposed> {
  const { lake: local, site } = lake;
  const definition = parseDefinition(text, 'default.yaml');
  await storeDefinition(local.objects, definition);
  const candidate = candidateOf(definition, {}, sites);
  const about = {
    at: new Date(local.clock.now()).toISOString(),
    who: 'ada',
    why: 'to see',
    changes: [text],
    base: (await liveRelease(local.objects))!.release,
  };
  const announce = async (detail: Record<string, unknown>): Promise<void> => {
    await local.bus.announce([{ type: 'Definition Changed', detail }]);
    await lake.drain();
  };
  return {
    candidate,
    async preview(from = null, to = null) {
      const { id } = await propose(local.objects, candidate, about);
      await announce(lookDetail({ proposal: id, range: daysAround({ from, to }) }));
      const preview = await previewOf(local, id, { from, to, sites: [site.site] });
      if (preview === 'waiting') throw new Error('it is not computed');
      return preview;
    },
    async apply() {
      const now = local.clock.now();
      const apply = { at: new Date(now).toISOString(), who: 'ada', max_cost: null };
      const { id } = await startApplying(local.objects, candidate, about, apply);
      await announce({ proposal: id });
      return now;
    },
  };
}

/** Count of each reason. */
export const reasonsOf = ({ reasons }: Comparison): Record<string, number> =>
  Object.fromEntries(reasons.map(({ reason, count }) => [reason, count]));

/** Results of the lake's site made since a moment, by dataset, under a candidate's slices. */
export async function madeSince(lake: TestLake, { slices }: Candidate, moment: number) {
  const made = { boundaries: 0, sessions: 0, events: 0 };
  for (const { results } of Object.values((await lake.lake.lake.log(lake.site.site).read()).units)) {
    for (const dataset of ['boundaries', 'sessions', 'events'] as const) {
      if ((results[dataset]?.[slices[dataset]!]?.made_at ?? 0) >= moment) made[dataset]++;
    }
  }
  return made;
}
