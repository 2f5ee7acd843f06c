import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { rejectedRecord } from '../../shared/core/event/rejected.ts';
import { martStateKey } from '../../shared/lake/keys.ts';
import { writeBatch } from '../../shared/lake/landing-batch.ts';
import { liveRelease, putRelease } from '../../shared/lake/releases.ts';
import { openTestLake, type TestLake } from '../lake/open.ts';
import { pageView } from '../lake/page-view.ts';
import { putProposals } from './proposed.ts';

const DAY = 86_400_000;
const SITE =
  'site: shop\ntime_zone: Asia/Tokyo\nhosts: [shop.example]\nwrite_keys: [wk_"quoted"]\nlateness: 1d\n';

/** What would happen if any text were taken for a program, or could turn what stands beside it around. */
export const HOSTILE = `<script>document.title='owned'</script><img src=x onerror="document.title='owned'">"'&\u202eabc\u2066`;

/**
 * A lake of a week with one of each trouble: a day that was reopened, one whose facts are newer than its
 * sessions, refused events, a message that gave up, a mart that failed, and texts that mean harm.
 */
export async function openTroubledLake(): Promise<TestLake> {
  const today = Math.floor(Date.now() / DAY) * DAY + 3_600_000;
  let now = today - 6 * DAY;
  const test = await openTestLake(SITE, '', { clock: { now: () => now } });
  const { lake } = test;
  const viewsOf = (day: number) =>
    ['v', 'w'].map((visitor) =>
      pageView('shop', `${visitor}${day}`, visitor, today - day * DAY, `/${visitor}`),
    );
  await test.land(viewsOf(6));
  await test.drain();
  now = today;
  await test.land([5, 4, 3, 2, 1, 0].flatMap(viewsOf));
  await test.land([pageView('shop', 'late', 'v', today - 6 * DAY + 60_000, '/late')]);
  await test.drain();
  await makeStale(test);
  const refused = ['too_long', 'too_long', 'bad_time'].map((reason, i) =>
    rejectedRecord({
      received_at: now + i,
      site: 'shop',
      reason,
      detail: `${i}: ${HOSTILE}`,
      source: 'collector',
      body: HOSTILE,
    }),
  );
  await writeBatch(lake.objects, {
    now,
    digest: 'f'.repeat(16),
    records: [],
    rejected: refused,
    unitOf: () => '',
  });
  await lake.clients.sqs.send(
    new SendMessageCommand({ QueueUrl: lake.queueUrl('compact-dlq'), MessageBody: '{}' }),
  );
  const first = (await liveRelease(lake.objects))!;
  await putRelease(lake.objects, {
    ...first,
    release: 2,
    at: new Date(now).toISOString(),
    who: HOSTILE,
    why: HOSTILE,
    changes: ['sessions.inactivity: 30m -> 15m', HOSTILE],
    marts: { mart_broken: 'x' },
    slices: { ...first.slices, mart_broken: 'x' },
  });
  await putProposals(lake.objects, now, HOSTILE);
  const failed = { key: 'x', folder: null, at: new Date(now).toISOString(), error: HOSTILE };
  await lake.objects.put(martStateKey('mart_broken'), JSON.stringify({ x: failed }));
  return test;
}

/** Facts of the second day that nothing was computed from yet. */
async function makeStale({ lake }: TestLake): Promise<void> {
  const log = lake.lake.log('shop');
  const index = await log.read();
  const unit = Object.keys(index.units).sort()[1]!;
  const facts = { ...index.units[unit]!.facts!, object: 'facts/newer.parquet', digest: '0'.repeat(32) };
  await log.append({ type: 'compacted', unit, facts, consumed: [], accepted: {}, quarantined: {}, ms: 1 });
}
