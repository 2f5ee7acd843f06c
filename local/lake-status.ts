import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { readState } from '../functions/publish/publish.ts';
import { liveRelease } from '../shared/lake/releases.ts';
import { unitsWithFacts } from '../shared/lake/site-index.ts';
import { everySite } from '../shared/lake/sites.ts';
import type { LocalLake } from './lake.ts';
import { topology } from './topology.ts';

/** What the lake holds and what waits. */
export async function lakeStatus(lake: LocalLake) {
  const release = await liveRelease(lake.objects);
  const stale: { site: string; unit: string; reason: string }[] = [];
  const sites = [];
  for (const site of await everySite(lake.lake)) {
    const index = await lake.lake.log(site).read();
    const units = unitsWithFacts(index);
    let facts = 0;
    let sessions = 0;
    let staleHere = 0;
    for (const unit of units) {
      const state = index.units[unit]!;
      facts += state.facts!.rows;
      const made = release === null ? undefined : state.results.sessions?.[release.slices['sessions']!];
      sessions += made?.rows ?? 0;
      if (made !== undefined) continue;
      staleHere++;
      stale.push({
        site,
        unit,
        reason: release === null ? 'there is no release yet' : 'not sessionized yet',
      });
    }
    sites.push({
      site,
      units: units.length,
      facts,
      sessions,
      first: units[0] ?? null,
      last: units.at(-1) ?? null,
      stale: staleHere,
    });
  }
  const marts = [];
  for (const mart of Object.keys(release?.marts ?? {})) {
    const state = (await readState(lake.lake, mart))[release!.slices[mart]!];
    marts.push({ mart, at: state?.at ?? null, error: state?.error ?? null });
  }
  return {
    release: release === null ? null : { release: release.release, at: release.at, who: release.who },
    sites,
    queues: await queues(lake),
    marts,
    stale,
  };
}

async function queues(lake: LocalLake) {
  return Promise.all(
    topology.queues.map(async ({ name, dlq }) => {
      const own = await depth(lake, name);
      const aside = dlq === undefined ? { waiting: 0 } : await depth(lake, dlq);
      return { queue: name, ...own, gave_up: aside.waiting };
    }),
  );
}

async function depth(lake: LocalLake, queue: string): Promise<{ waiting: number; in_work: number }> {
  const reply = await lake.clients.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: lake.queueUrl(queue),
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return {
    waiting: Number(reply.Attributes?.['ApproximateNumberOfMessages'] ?? 0),
    in_work: Number(reply.Attributes?.['ApproximateNumberOfMessagesNotVisible'] ?? 0),
  };
}
