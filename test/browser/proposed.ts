import type { Preview } from '../../functions/publish/comparison/preview.ts';
import { sides } from '../../functions/publish/comparison/sides.ts';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { type Candidate, candidateOf } from '../../shared/lake/candidate.ts';
import { previewKey } from '../../shared/lake/keys.ts';
import { endProposal, propose, startApplying } from '../../shared/lake/proposals.ts';
import type { ObjectStore } from '../../shared/ports/objects.ts';

/** Three proposals: one looked at and compared, one that failed, one being applied; all with this text. */
export async function putProposals(objects: ObjectStore, now: number, text: string): Promise<void> {
  const about = { at: new Date(now).toISOString(), who: text, why: text, changes: [text], base: 2 };
  const looked = await propose(objects, candidate('10m'), about);
  await objects.put(previewKey(looked.id), JSON.stringify(preview(looked.id, about.at, text)));
  const apply = { at: about.at, who: text, max_cost: 5 };
  const failed = await startApplying(objects, candidate('12m'), about, apply);
  await endProposal(objects, failed, { is: 'failed', why: text });
  await startApplying(objects, candidate('15m'), about, apply);
}

function candidate(inactivity: string): Candidate {
  return candidateOf(parseDefinition(`sessions: { inactivity: ${inactivity} }`, 'default.yaml'), {}, {});
}

const measured = (now: number, then: number) => ({
  sessions_now: now,
  sessions_then: then,
  bounces_now: 1,
  bounces_then: 2,
  page_views_now: 3,
  page_views_then: 3,
  events_now: 3,
  events_then: 3,
  conversions_now: 0,
  conversions_then: 0,
  conversion_value_now: 0,
  conversion_value_then: 0,
});

function preview(id: string, at: string, text: string): Preview {
  const session = {
    session_id: 's',
    started_at: '2026-03-01 10:00:00.000',
    ended_at: '2026-03-01 10:20:00.000',
    event_count: 2,
    landing_url: text,
    exit_url: null,
    channel: text,
    source: '(direct)',
    medium: '(none)',
    conversion_count: 0,
  };
  return {
    proposal: id,
    at,
    base: 2,
    changes: [text],
    range: { from: '2026-03-01', to: null, sites: ['blog', 'shop'] },
    time_zones: { blog: 'UTC', shop: 'UTC' },
    totals: {
      sessions: sides(1000, 1234),
      bounces: sides(1, 2),
      page_views: sides(3, 3),
      events: sides(3, 3),
      conversions: sides(0, 0),
      conversion_value: sides(0, 0),
    },
    days: ['blog', 'shop'].flatMap((site) =>
      ['2026-03-01', '2026-03-02', '2026-03-03'].map((dt, i) => ({
        site,
        dt,
        ...measured(100 + i, 120 - i),
      })),
    ),
    channels: [
      { channel: text, ...measured(700, 900) },
      { channel: 'Direct', ...measured(300, 334) },
    ],
    reasons: [
      { reason: 'unchanged', side: 'both', count: 900, examples: [] },
      {
        reason: 'split_inactivity',
        side: 'then',
        count: 234,
        examples: [
          {
            session_id: 's',
            site: 'shop',
            dt: '2026-03-01',
            visitor_id: text,
            ...sides([session], [session]),
          },
        ],
      },
    ],
    curve: [5, 10, 15, 30].map((minutes) => ({
      inactivity_ms: minutes * 60_000,
      sessions: 1500 - minutes * 10,
    })),
    curve_note: text,
    inactivity_ms: sides(1_800_000, 900_000),
    asked: { queries: 4, bytes_scanned: 1000 },
  };
}
