import { readFileSync } from 'node:fs';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { Check } from 'typebox/schema';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readReprocess } from '../../functions/sessionize/asked/requests.ts';
import { parseProposalFile } from '../../shared/core/definition/proposal-file.ts';
import { type Answer, findAnswer } from '../../shared/lake/answers.ts';
import { previewKey } from '../../shared/lake/keys.ts';
import { everyRelease } from '../../shared/lake/releases.ts';
import { candidateIn, MARTS } from './applying.ts';
import { openTestLake, type TestLake } from './open.ts';
import { pageView } from './page-view.ts';

/** One lake, through all that can be asked of it by event: the tests follow one another. */

const DAY = Date.parse('2026-03-10T00:00:00Z');
let test: TestLake;
/** Errors in the log: some of the tests cause one. */
const errors: string[] = [];

beforeAll(async () => {
  const log = { info: () => {}, warn: () => {}, error: (message: string) => errors.push(message) };
  test = await openTestLake('site: shop\ntime_zone: UTC\nhosts: [shop.example]\n', '', { log }, MARTS);
  const at = (minute: number) => DAY + minute * 60_000;
  const minutes = [-20, 0, 20, 24 * 60];
  await test.land(minutes.map((minute) => pageView('shop', `e${minute}`, 'v', at(minute), `/${minute}`)));
  await test.drain();
});
afterAll(() => test.close());

const sessions = () => test.rows('SELECT landing_page, event_count FROM sessions ORDER BY started_at');
const releases = async () => (await everyRelease(test.lake.objects)).map(({ release }) => release);
const AT_30 = [
  ['/-20', '3'],
  ['/1440', '1'],
];
const AT_15 = ['/-20', '/0', '/20', '/1440'].map((page) => [page, '1']);

async function write(name: string, text: string): Promise<Answer> {
  await test.lake.objects.put(`config/proposals/${name}.yaml`, text);
  await test.drain();
  return (await findAnswer(test.lake.objects, name))!;
}

async function send(detail: Record<string, unknown>): Promise<Answer> {
  const bus = new EventBridgeClient(test.lake.aws.clientConfig);
  const entry = { EventBusName: 'retcon', Source: 'retcon', DetailType: 'Reprocess Requested' };
  const sent = await bus.send(
    new PutEventsCommand({ Entries: [{ ...entry, Detail: JSON.stringify(detail) }] }),
  );
  await test.drain();
  return (await findAnswer(test.lake.objects, sent.Entries![0]!.EventId!))!;
}

it('a file that is wrong is answered with line, field and fix, and nothing else happens', async () => {
  const answer = await write('wrong', 'sessions:\n  inactivty: 15m\n');
  expect(answer).toMatchObject({ is: 'invalid', asked: 'config/proposals/wrong.yaml' });
  expect(answer.error).toMatchObject({ error: 'bad_definition', field: 'sessions.inactivty' });
  expect(answer.error!.message).toMatch(/wrong\.yaml:2:.*inactivity/);
  expect((await write('torn', 'sessions: {')).error!.message).toContain('not valid YAML');
  expect((await write('free', 'apply: true\n')).error).toMatchObject({ field: 'apply' });
  expect((await write('none', '{}\n')).is).toBe('nothing to do');
});

it('a file without apply is planned and its sessions are computed, unseen', async () => {
  const answer = await write('look', 'sessions: { inactivity: 15m }\n');
  expect(answer).toMatchObject({ is: 'looked at', plan: { certain: { boundaries: 3 } } });
  const { slices } = await candidateIn(test, 'sessions: { inactivity: 15m }');
  const looked = `SELECT count(*) FROM sessions_all WHERE slice = '${slices['sessions']}'`;
  expect(await test.rows(looked)).toEqual([['4']]);
  const preview = await test.lake.objects.get(previewKey(answer.proposal!));
  expect(JSON.parse(preview!.body.toString()).totals.sessions.then).toBe(4);
  expect(await sessions()).toEqual(AT_30);
});

it('a budget that the estimate exceeds: refused, and nothing was begun', async () => {
  const answer = await write('poor', 'sessions: { inactivity: 10m }\napply: true\nmax_cost: 0\n');
  expect(answer).toMatchObject({ is: 'too expensive', error: { field: 'max_cost' } });
  expect(await releases()).toEqual([1]);
});

it('a file that says apply, within its budget, becomes the live release; told again, it changes nothing', async () => {
  const text = 'sessions: { inactivity: 15m }\napply: true\nmax_cost: 1\n';
  const answer = await write('shorter', text);
  expect(answer).toMatchObject({ is: 'released', outcome: { is: 'released', release: 2 } });
  expect(await sessions()).toEqual(AT_15);
  const [live] = await everyRelease(test.lake.objects);
  expect(live).toMatchObject({ who: 'config/proposals/shorter.yaml', proposal: answer.proposal });

  // The same event once more.
  const { object } = { object: { key: answer.asked, sequencer: answer.writing } };
  const event = { source: 'aws.s3', 'detail-type': 'Object Created', detail: { object } };
  const body = JSON.stringify(event);
  const reply = (await test.lake.functions['sessionize']!(
    { Records: [{ messageId: 'again', body }] } as never,
    {} as never,
  )) as { batchItemFailures: unknown[] };
  expect(reply.batchItemFailures).toEqual([]);
  await test.drain();
  expect(await findAnswer(test.lake.objects, 'shorter')).toEqual(answer);
  expect(await releases()).toEqual([2, 1]);
});

it('an event applies a proposal; with bounds it only looks; an unknown one is answered', async () => {
  const { proposal } = await write('look', 'sessions: { inactivity: 45m }\n');
  const bounded = await send({ reason: 'see', proposal, from: '2026-03-11', to: '2026-03-11' });
  expect(bounded).toMatchObject({ is: 'looked at', proposal });
  expect(await releases()).toEqual([2, 1]);
  const refused = await send({ reason: 'go', proposal, max_cost: 0.0000001 });
  expect(refused.is).toBe('too expensive');
  expect(await send({ reason: 'go', proposal })).toMatchObject({ is: 'released', outcome: { release: 3 } });
  expect(await sessions()).toEqual(AT_30);
  const unknown = await send({ reason: 'go', proposal: '0'.repeat(24) });
  expect([unknown.is, unknown.error!.field]).toEqual(['invalid', 'proposal']);
});

it('force computes it all again and finds it equal, or says loudly where it is not', async () => {
  const equal = await send({ reason: 'to be sure', force: true });
  expect(equal).toMatchObject({ is: 'equal', computed: { boundaries: 3, sessions: 3, events: 3 } });
  const one = await send({ reason: 'to be sure', force: true, from: '2026-03-11', datasets: ['sessions'] });
  expect(one).toMatchObject({ is: 'equal', computed: { boundaries: 1, sessions: 1 } });

  // Somebody else's arithmetic: the log says another digest than the facts give.
  const log = test.lake.lake.log('shop');
  const { units } = await log.read();
  const [live] = await everyRelease(test.lake.objects);
  const ref = units['2026-03-11']!.results.sessions![live!.slices['sessions']!]!;
  const wrong = { ...ref, digest: '1:1' };
  await log.append({
    type: 'derived',
    results: [{ dataset: 'sessions', slice: live!.slices['sessions']!, unit: '2026-03-11', ref: wrong }],
  });
  const different = await send({ reason: 'to be sure', force: true, site: 'shop' });
  expect(different.is).toBe('different');
  expect(different.differences).toEqual([
    { site: 'shop', dataset: 'sessions', unit: '2026-03-11', stands: '1:1', found: ref.digest },
  ]);
  expect(errors).toEqual(['computed again, a result differs']);
});

it('without a proposal it brings up to date what is asked for', async () => {
  expect((await send({ reason: 'x', site: 'shop', from: '2026-03-11' })).is).toBe('recomputed');
  expect((await send({ reason: 'x', site: 'shpo' })).error!.field).toBe('site');
});

const schema = JSON.parse(
  readFileSync(new URL('../../shared/schemas/reprocess-requested.json', import.meta.url), 'utf8'),
);
const id = 'a'.repeat(24);
it.each([
  [{ reason: 'x' }, true],
  [{ reason: 'x', proposal: id, max_cost: 1.5 }, true],
  [
    { reason: 'x', site: 'shop', from: '2026-03-01', to: '2026-03-02', datasets: ['sessions'], force: true },
    true,
  ],
  [{}, false],
  [{ reason: 'x', proposal: 'A' }, false],
  [{ reason: 'x', max_cost: -1 }, false],
  [{ reason: 'x', site: 'No' }, false],
  [{ reason: 'x', datasets: [] }, false],
  [{ reason: 'x', datasets: ['mart_x'] }, false],
  [{ reason: 'x', forse: true }, false],
])('%o is a request: %s, by the schema and by the product', (detail, good) => {
  const read = (): boolean => {
    try {
      readReprocess(detail);
      return true;
    } catch {
      return false;
    }
  };
  expect([Check(schema, detail), read()]).toEqual([good, good]);
});

it('a proposed file is a definition file and two keys', () => {
  const file = parseProposalFile('sessions: { inactivity: 15m }\nmax_cost: 2\n', 'x.yaml');
  expect([file.apply, file.max_cost, file.definition.sessions.inactivity_ms]).toEqual([false, 2, 900_000]);
  expect(() => parseProposalFile('max_cost: much\n', 'x.yaml')).toThrow(/x\.yaml:1:11: max_cost/);
});
