import { GetTableCommand } from '@aws-sdk/client-glue';
import { targetId } from '../../shared/lake/candidate.ts';
import { factsFiles } from '../../shared/lake/facts.ts';
import { type Maintained, maintained } from '../../shared/lake/maintained.ts';
import type { SiteIndex } from '../../shared/lake/site-index.ts';
import { everySite } from '../../shared/lake/sites.ts';
import { DATABASE } from '../../shared/lake/tables.ts';
import { lakeStatus } from '../lake-status.ts';
import type { WorkingLake } from '../working-lake.ts';
import { type Finding, fine, some, wrong } from './finding.ts';

/** A log entry so far in the future was written by a clock that is wrong, ms. */
const SKEW = 300_000;

/** Whether what the lake shows is what it holds, and whether anything is stuck. */
export async function lakeFindings(lake: WorkingLake): Promise<Finding[]> {
  const kept = await maintained(lake.lake);
  if (kept === null) return [fine('lake', 'it is empty: no release yet')];
  const status = await lakeStatus(lake);
  const indexes = new Map<string, SiteIndex>();
  for (const site of await everySite(lake.lake)) indexes.set(site, await lake.lake.log(site).read());
  return [
    stuck(status.queues),
    stale(status.stale),
    failed(status.marts),
    await flipped(lake, kept),
    ...applying(kept, indexes),
    await named(lake, indexes),
    clocks(indexes, lake.clock.now()),
  ];
}

function stuck(queues: Awaited<ReturnType<typeof lakeStatus>>['queues']): Finding {
  const aside = queues.filter(({ gave_up }) => gave_up > 0);
  if (aside.length === 0) return fine('queues', 'no message was given up');
  return wrong(
    'queues',
    aside.map(({ queue, gave_up }) => `${gave_up} messages of ${queue} gave up`).join(', '),
    'a function failed on them five times; what they speak of may be missing in the tables',
    'retcon run --redrive sends them to work again and says what fails',
  );
}

function stale(units: Awaited<ReturnType<typeof lakeStatus>>['stale']): Finding {
  if (units.length === 0) return fine('days', 'every day is computed from its facts as they are');
  const names = units.map(({ site, unit, reason }) => `${site} ${unit} (${reason})`);
  return wrong(
    'days',
    `${units.length} days are not up to date: ${some(names)}`,
    'their rows are those of earlier facts, or missing',
    'retcon run brings them up to date',
  );
}

function failed(marts: Awaited<ReturnType<typeof lakeStatus>>['marts']): Finding {
  const broken = marts.filter(({ error }) => error !== null);
  if (broken.length === 0) return fine('marts', 'every mart passed its tests');
  return wrong(
    'marts',
    broken.map(({ error }) => error).join('; '),
    'readers see the last version that passed, which may be old',
    'mend the SQL in marts/ and run retcon apply',
  );
}

/** Whether readers see the release that stands last in the log. */
async function flipped(lake: WorkingLake, { live }: Maintained): Promise<Finding> {
  const reply = await lake.clients.glue
    .send(new GetTableCommand({ DatabaseName: DATABASE, Name: 'current_release' }))
    .catch(() => null);
  const shown = Number(reply?.Table?.Parameters?.['retcon_release'] ?? 0);
  if (shown === live.release) return fine('release', `release ${live.release} is live, and readers see it`);
  return wrong(
    'release',
    shown === 0
      ? `readers see no release yet, and ${live.release} is the newest`
      : `readers see release ${shown}, and ${live.release} is the newest`,
    'a flip was cut off between the log and the catalog',
    'retcon run finishes it',
  );
}

function applying(
  { applying: proposals, live }: Maintained,
  indexes: ReadonlyMap<string, SiteIndex>,
): Finding[] {
  return proposals.map((proposal) => {
    const target = targetId(proposal);
    const waits = [...indexes]
      .filter(([, index]) => (index.ready[target] ?? -1) < index.facts_n)
      .map(([site]) => site);
    const since = proposal.apply!.at;
    return wrong(
      'apply',
      `${proposal.apply!.who} is applying ${some(proposal.changes)} since ${since}` +
        (waits.length > 0 ? `; ${some(waits)} is not computed yet` : ''),
      `readers see release ${live.release} until all of it is computed and tested`,
      'retcon run goes on with it',
    );
  });
}

/** Whether every file that a log names is there. */
async function named(lake: WorkingLake, indexes: ReadonlyMap<string, SiteIndex>): Promise<Finding> {
  const there = new Set<string>();
  for (const prefix of ['facts/', 'derived/']) {
    for (const { key } of await lake.objects.list(prefix)) {
      there.add(key);
      there.add(key.slice(0, key.lastIndexOf('/') + 1));
    }
  }
  const missing: string[] = [];
  let names = 0;
  for (const { units } of indexes.values()) {
    for (const { facts, results } of Object.values(units)) {
      const refs = Object.values(results).flatMap((bySlice) => Object.values(bySlice));
      const wanted = [
        ...(facts ? factsFiles(facts).map(({ object }) => object) : []),
        ...refs.flatMap(({ object, parts }) => [
          ...(object ? [object] : []),
          ...(parts ?? []).map(({ folder }) => folder),
        ]),
      ];
      names += wanted.length;
      missing.push(...wanted.filter((one) => !there.has(one)));
    }
  }
  if (missing.length === 0) return fine('files', `all ${names} files that the logs name are there`);
  const facts = missing.some((key) => key.startsWith('facts/'));
  return wrong(
    'files',
    `${missing.length} files that the logs name are gone: ${some(missing)}`,
    facts
      ? 'facts of these days are lost with them; landing/ still holds what arrived'
      : 'queries of these days fail',
    facts
      ? 'restore the bucket to a version that has them'
      : 'restore the bucket to a version that has them, or apply a changed definition, which computes the days again',
  );
}

function clocks(indexes: ReadonlyMap<string, SiteIndex>, now: number): Finding {
  const ahead = [...indexes].filter(([, { units }]) =>
    Object.values(units).some(({ changed_at }) => changed_at > now + SKEW),
  );
  if (ahead.length === 0) return fine('clock', 'no log entry lies in the future');
  return wrong(
    'clock',
    `the log of ${some(ahead.map(([site]) => site))} has entries of the future`,
    'a machine that writes to the lake has a wrong clock: lateness and grace are counted wrongly',
    'set the clocks, by NTP say',
  );
}
