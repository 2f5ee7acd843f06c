import type { LambdaFunction } from '../../../local/runtime/index.ts';
import { topology } from '../../../local/topology.ts';
import { parseDefinition } from '../../../shared/core/definition/parse.ts';
import { unitOf } from '../../../shared/core/unit.ts';
import { landedAgain } from '../../../shared/envelopes/events.ts';
import type { Candidate } from '../../../shared/lake/candidate.ts';
import { candidateOf, candidateOfRelease } from '../../../shared/lake/candidate.ts';
import { storeDefinition } from '../../../shared/lake/definitions.ts';
import { landingPrefix } from '../../../shared/lake/keys.ts';
import { writeBatch } from '../../../shared/lake/landing-batch.ts';
import { storeMarts } from '../../../shared/lake/marts.ts';
import { findProposal, startApplying } from '../../../shared/lake/proposals.ts';
import { everyRelease } from '../../../shared/lake/releases.ts';
import { MARTS } from '../../lake/applying.ts';
import { pageView } from '../../lake/page-view.ts';
import { openRoleLake, type RoleLake, type RoleLakeOptions } from './role-lake.ts';

/** What the flow came to: all of it happened only if these are right. */
export interface Flowed {
  gaveUp: Record<string, number>;
  problems: string[];
  releases: (string | undefined)[];
  outcomes: unknown[];
  sessions: string;
  rejected: string;
  batchesDelayed: number;
}

const DAY = 86_400_000;
const view = (id: string, visitor: string, time: number) => ({
  id,
  visitor,
  time,
  url: `https://shop.example/${id}`,
});

/**
 * A lake's life under its roles: traffic with a refused event, two days of one site, a definition that is applied by a
 * file and one by hand, the way back, late events that two calls bring in at once, and a unit that must rest.
 */
export async function fullFlow(options: Omit<RoleLakeOptions, 'fault'>): Promise<Flowed> {
  /** What happens before the next call of that kind, once. */
  const next = new Map<string, () => Promise<void>>();
  const lake = await openRoleLake({
    ...options,
    marts: MARTS,
    fault: async (call, phase) => {
      const folder = call.summary.split('/')[1];
      const happens = next.get(`${phase} ${call.operation} ${folder}`);
      if (happens === undefined) return undefined;
      next.delete(`${phase} ${call.operation} ${folder}`);
      await happens();
      return undefined;
    },
  });
  try {
    return await flow(lake, next);
  } finally {
    await lake.close();
  }
}

async function flow(lake: RoleLake, next: Map<string, () => Promise<void>>): Promise<Flowed> {
  const { admin } = lake;
  const now = Date.now();
  const gaveUp: Record<string, number> = {};
  const drain = async (): Promise<void> => {
    Object.assign(gaveUp, await lake.drain());
  };
  await lake.openWith('site: shop\ntime_zone: UTC\nhosts: [shop.example]\nwrite_keys: [k]\n');

  // The store breaks off before it has written: whether the object is there must be asked for.
  next.set('before PutObject landing', () => Promise.reject(new Error('socket hang up')));
  await lake.send('shop', [
    view('a', 'v', now - DAY),
    view('b', 'v', now - DAY + 20 * 60_000),
    view('c', 'w', now - 60_000),
    { id: 'd', visitor: 'v', time: 'yesterday' },
  ]);
  // What was given up is tried again; what nobody announced to compact is found.
  await lake.drain('land');
  await lake.giveUp({ nobody: 'can read this' });
  await lake.scheduled('reconcile', { reach: 'recent' });
  await drain();

  await admin.objects.put(
    'config/proposals/shorter.yaml',
    'sessions: { inactivity: 15m }\napply: true\nmax_cost: 1\n',
  );
  await drain();
  const outcomes = [
    await applied(lake, drain, await longer(lake)),
    await applied(lake, drain, await before(lake)),
  ];

  // Two calls bring in late events of the same day at once: one of them must begin again.
  const first = new Set((await landed(lake)).map((key) => key));
  await lake.send('shop', [view('e', 'w', now - DAY + 1)]);
  await lake.drain('land');
  const [one] = (await landed(lake)).filter((key) => !first.has(key));
  await lake.send('shop', [view('f', 'w', now - DAY + 2)]);
  await lake.drain('land');
  const [other] = (await landed(lake)).filter((key) => key !== one && !first.has(key));
  next.set('before PutObject state', async () => {
    const Records = [{ messageId: '1', body: JSON.stringify(landedAgain(topology.bucket, other!)) }];
    await (admin.functions['compact'] as LambdaFunction)({ Records } as never, {} as never);
  });
  await lake.call('compact', [landedAgain(topology.bucket, one!)]);
  await drain();

  // What landed some days ago leaves the index for a part of the ledger; announced again, it is found there.
  for (const days of [5, 4]) await landEarlier(lake, now - days * DAY);
  await lake.drain('compact');
  const old = (await landed(lake)).slice(0, 1);
  await lake.call(
    'compact',
    old.map((key) => landedAgain(topology.bucket, key)),
  );
  await drain();

  // A generation that takes long is followed by a rest: what comes meanwhile is sent into the queue again.
  await lake.send('shop', [view('g', 'w', now - DAY + 3)]);
  next.set('before PutObject facts', () => new Promise((resolve) => setTimeout(resolve, 1_100)));
  await drain();
  const known = new Set(await landed(lake));
  await lake.send('shop', [view('h', 'w', now - DAY + 4)]);
  await lake.drain('land');
  const [late] = (await landed(lake)).filter((key) => !known.has(key));
  await lake.call('compact', [landedAgain(topology.bucket, late!)]);

  // What was just sent there waits, and the watch finds it.
  await lake.scheduled('watch', {});

  // When the releases before have long ended, what only they show goes, and what nobody refers to.
  await lake.scheduled('gc', {}, 40 * DAY);
  await lake.scheduled('gc', {}, 42 * DAY);
  const count = async (table: string) =>
    (await admin.queries.query(`SELECT count(*) FROM ${table}`)).rows[0]![0]!;
  return {
    gaveUp,
    problems: lake.problems,
    releases: (await everyRelease(admin.objects)).map(({ who }) => who),
    outcomes,
    sessions: await count('sessions'),
    rejected: await count('rejected'),
    batchesDelayed: await lake.delayed('compact'),
  };
}

/** One event that landed at a moment, ms UTC. */
async function landEarlier({ admin }: RoleLake, at: number): Promise<void> {
  await writeBatch(admin.objects, {
    now: at,
    digest: String(at).padStart(16, '0'),
    records: [pageView('shop', `old${at}`, 'o', at, '/old')],
    rejected: [],
    unitOf: ({ event_time }) => unitOf(event_time, 0),
  });
}

const landed = async ({ admin }: RoleLake): Promise<string[]> =>
  (await admin.objects.list(landingPrefix)).map(({ key }) => key);

async function longer({ admin }: RoleLake): Promise<Candidate> {
  const definition = parseDefinition('sessions: { inactivity: 45m }', 'default.yaml');
  await storeDefinition(admin.objects, definition);
  return candidateOf(definition, await storeMarts(admin.objects, MARTS), {});
}

const before = async ({ admin }: RoleLake): Promise<Candidate> =>
  candidateOfRelease((await everyRelease(admin.objects))[1]!);

/** As `retcon apply` and `retcon rollback` do it: a proposal is marked and announced; functions do the rest. */
async function applied(lake: RoleLake, drain: () => Promise<void>, candidate: Candidate): Promise<unknown> {
  const { objects, bus } = lake.admin;
  const at = new Date().toISOString();
  const { release: base } = (await everyRelease(objects))[0]!;
  const about = { at, who: 'ada', why: 'a test', changes: ['the timeout'], base };
  const { id } = await startApplying(objects, candidate, about, { at, who: 'ada', max_cost: null });
  await bus.announce([{ type: 'Definition Changed', detail: { proposal: id } }]);
  await drain();
  return (await findProposal(objects, id))?.proposal.outcome ?? null;
}
