import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AthenaClient, CreateWorkGroupCommand } from '@aws-sdk/client-athena';
import {
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  PutEventsCommand,
} from '@aws-sdk/client-eventbridge';
import { GetTablesCommand, GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { SHIPPED_MARTS } from '../../../marts/shipped.ts';
import { AthenaQueries } from '../../../shared/clients/athena-queries.ts';
import { S3Objects } from '../../../shared/clients/s3-objects.ts';
import { systemClock } from '../../../shared/core/clock.ts';
import { findAnswer } from '../../../shared/lake/answers.ts';
import { Lake } from '../../../shared/lake/lake.ts';
import { liveRelease } from '../../../shared/lake/releases.ts';
import { check, counts } from '../deployed/checks.ts';
import { openEmbedded } from '../deployed/embedded.ts';
import { logged, shown } from '../deployed/holds.ts';
import { lateTraffic, REDEFINED, REDEFINED_AGAIN, SITES, traffic } from '../deployed/traffic.ts';
import { serveAthena } from './athena-server.ts';
import { startEmulator } from './emulator.ts';
import { METRIC_MATH } from './metric-math.ts';
import { until, waiting } from './queues.ts';
import { senders } from './senders.ts';
import {
  cloudformation,
  environmentOf,
  invoke,
  martsAtArrivals,
  outputs,
  packaged,
  resources,
  STACK,
  serverless,
} from './stack.ts';

/**
 * Deploys the stack to ministack with the tool that users deploy with, sends traffic through what was deployed, and
 * holds what the lake shows in the end against the same traffic in the embedded lake.
 */
const [binary, work] = process.argv.slice(2) as [string, string];
const MARTS = Object.keys(SHIPPED_MARTS).sort();
const began = Date.now();
const folder = (name: string): string => {
  const path = join(work, name);
  mkdirSync(path, { recursive: true });
  return path;
};
const athena = await serveAthena(folder('athena'));
const emulator = await startEmulator(binary, folder('ministack'), { AWS_ENDPOINT_URL_ATHENA: athena.url });
athena.connect(emulator);
const { config } = emulator;
const closers = [emulator.stop, athena.close];
const sqs = new SQSClient(config);
const events = new EventBridgeClient(config);
const glue = new GlueClient(config);
const athenaClient = new AthenaClient({ ...config, endpoint: athena.url });
const zips = process.env['MINISTACK_PACKAGE'] ?? folder('package');

const { post, send } = senders(emulator.url);

try {
  const deployed = await check('osls deploys the stack, unmodified', async () => {
    if (process.env['MINISTACK_PACKAGE'] === undefined) await serverless(emulator, 'package', zips);
    await serverless(emulator, 'deploy', zips);
  });

  await check(
    'every resource of the package is there',
    async () => {
      const found = await resources(emulator);
      assert.deepEqual(found.map(({ id }) => id).sort(), packaged(zips));
      const broken = found.filter(({ status }) => !/^(CREATE|UPDATE)_COMPLETE$/.test(status));
      assert.deepEqual(broken, []);
      console.log(`          ${found.length} resources`);
    },
    deployed,
  );

  const named = deployed ? await outputs(emulator) : {};
  const bucket = named['LakeBucketName'] ?? '';
  // What a secret's reference in the template became: both lakes make visitors' ids of it.
  const salt = deployed ? (await environmentOf(emulator, 'collect'))['RETCON_SALT_SECRET'] : undefined;
  const embedded = await openEmbedded(folder('embedded'), salt ?? 'none');
  closers.unshift(embedded.close);
  const hostOf = (url: string | undefined): string => new URL(url ?? 'https://none').host;
  const cdn = hostOf(named['CollectorUrl']);
  const objects = new S3Objects(new S3Client({ ...config, forcePathStyle: true }), bucket);
  const lake = (): Lake => new Lake(objects, systemClock);
  await athenaClient.send(new CreateWorkGroupCommand({ Name: STACK }));
  const queries = new AthenaQueries(athenaClient, `s3://${bucket}/results/`, STACK);

  const landed = async (): Promise<number> => (await objects.list('landing/')).length;

  /** Until all queues are empty and the lake says as much as the embedded one. */
  const settled = (seconds: number): Promise<void> =>
    until(seconds, async () => {
      const held = await waiting(sqs);
      if (Object.values(held).some((n) => n > 0)) return `queues hold ${JSON.stringify(held)}`;
      const [here, there] = [await logged(lake()), await logged(embedded.lake.lake)];
      const differ = Object.keys({ ...here, ...there }).filter((name) => here[name] !== there[name]);
      return differ.length === 0
        ? true
        : `differ: ${differ
            .slice(0, 6)
            .map((name) => `${name}: ${here[name]}, embedded ${there[name]}`)
            .join('; ')}`;
    });
  /** Until tables and marts are those of the embedded lake; marts follow by their schedule. */
  const agrees = async (seconds: number): Promise<void> => {
    const wanted = await shown(embedded.lake.queries, MARTS);
    await until(seconds, async () => {
      try {
        assert.deepEqual(await shown(queries, MARTS), wanted);
        return true;
      } catch (cause) {
        return (cause as Error).message;
      }
    });
    console.log(
      `          ${Object.entries(wanted)
        .map(([table, { rows, digest }]) => `${table} ${rows} ${digest}`)
        .join(', ')}`,
    );
  };

  const opened = await check(
    'a site file in the bucket makes the first release and the site; nothing else was done',
    async () => {
      for (const [site, text] of Object.entries(SITES)) {
        await objects.put(`config/sites/${site}.yaml`, text);
        await embedded.put(`config/sites/${site}.yaml`, text);
      }
      await until(60, async () => {
        const live = await liveRelease(objects);
        const sites = (await objects.list('config/sites/')).filter(({ key }) => key.endsWith('.json'));
        if (live === null) return 'there is no release';
        return sites.length === 2 ? true : `there are ${sites.length} sites`;
      });
      assert.deepEqual(
        (await liveRelease(objects))!.slices,
        (await liveRelease(embedded.lake.objects))!.slices,
      );
    },
    deployed,
  );

  await check(
    'the collector answers through the CDN, and refuses who passes it by',
    async () => {
      const [beacon] = traffic(began);
      const direct = await post(hostOf(named['CollectLambdaFunctionUrl']), beacon!.headers, beacon!.body);
      assert.equal(direct.status, 403);
      assert.ok(
        salt !== undefined && salt.length >= 32 && !salt.includes('resolve:'),
        'the salt is no secret',
      );
      const unknown = JSON.stringify({ site: 'nobody', events: [{ url: 'https://nobody.example/' }] });
      assert.equal((await post(cdn, { 'content-type': 'text/plain' }, unknown)).status, 403);
    },
    opened,
  );

  const collected = await check(
    'three days of two sites go in: beacons -> queue -> S3 -> facts -> sessions',
    async () => {
      const beacons = traffic(began);
      const statuses = await send(cdn, beacons);
      assert.deepEqual(statuses, await embedded.send(beacons));
      assert.ok(
        statuses.every((status) => status === 202),
        `statuses ${[...new Set(statuses)]}`,
      );
      await settled(150);
      console.log(
        `          ${beacons.length} beacons, ${Object.keys(await logged(lake())).length} results agree by digest`,
      );
    },
    opened,
  );

  await check('tables and marts are those of the embedded lake, row by row', () => agrees(150), collected);

  await check(
    'consumers name what failed, and only that',
    async () => {
      const batch = (bodies: string[]) => ({
        Records: bodies.map((body, i) => ({ messageId: `m${i}`, body, eventSource: 'aws:sqs' })),
      });
      const failures = { batchItemFailures: [{ itemIdentifier: 'm1' }] };
      const good = JSON.stringify({
        source: 'retcon',
        'detail-type': 'Partition Compacted',
        detail: { site: 'blog' },
      });
      assert.deepEqual(await invoke(emulator, 'compact', batch(['{}', 'no JSON'])), failures);
      assert.deepEqual(await invoke(emulator, 'sessionize', batch([good, 'no JSON'])), failures);
      assert.deepEqual(await invoke(emulator, 'work', batch(['no JSON'])), {
        batchItemFailures: [{ itemIdentifier: 'm0' }],
      });
      assert.deepEqual(await invoke(emulator, 'publish', batch([good])), { batchItemFailures: [] });
    },
    collected,
  );

  const lost = await check(
    'an announcement is lost, and the stack is deployed again meanwhile, with marts at every arrival',
    async () => {
      await events.send(new DisableRuleCommand({ Name: `${STACK}-landed` }));
      const before = await landed();
      const beacons = lateTraffic(began, 'lost');
      assert.deepEqual(await send(cdn, beacons), await embedded.send(beacons));
      await until(60, async () => ((await landed()) > before ? true : 'nothing has landed'));
      await new Promise((next) => setTimeout(next, 3000));
      await events.send(new EnableRuleCommand({ Name: `${STACK}-landed` }));
      assert.notDeepEqual(await logged(lake()), await logged(embedded.lake.lake));
      martsAtArrivals(zips, folder('changed'));
      await serverless(emulator, 'deploy', folder('changed'));
      assert.equal((await environmentOf(emulator, 'publish'))['RETCON_MARTS'], 'arrivals');
      assert.equal((await outputs(emulator))['LakeBucketName'], bucket);
    },
    collected,
  );

  const found = await check(
    'the schedule finds what was lost: tables and marts follow',
    async () => {
      await settled(150);
      await agrees(120);
    },
    lost,
  );

  const redefined = await check(
    'a definition file in the bucket redefines history',
    async () => {
      const text = `${REDEFINED}apply: true\nmax_cost: 1\n`;
      await objects.put('config/proposals/shorter.yaml', text);
      await embedded.put('config/proposals/shorter.yaml', text);
      await until(150, async () => {
        const answer = await findAnswer(objects, 'shorter');
        return answer?.is === 'released' ? true : `the answer is ${JSON.stringify(answer)?.slice(0, 300)}`;
      });
      assert.equal((await liveRelease(objects))!.release, 2);
      await settled(60);
    },
    found,
  );
  await check('tables and marts follow it', () => agrees(120), redefined);

  const byEvent = await check(
    'a look, and an event that asks for it to be applied',
    async () => {
      await objects.put('config/proposals/longer.yaml', REDEFINED_AGAIN);
      await embedded.put('config/proposals/longer.yaml', REDEFINED_AGAIN);
      await until(90, async () => {
        const answer = await findAnswer(objects, 'longer');
        return answer?.is === 'looked at' ? true : `the answer is ${JSON.stringify(answer)?.slice(0, 300)}`;
      });
      const proposal = (await findAnswer(objects, 'longer'))!.proposal!;
      const detail = { proposal, reason: 'by event', max_cost: 1 };
      await events.send(
        new PutEventsCommand({
          Entries: [
            {
              EventBusName: named['LakeBusName'],
              Source: 'retcon',
              DetailType: 'Reprocess Requested',
              Detail: JSON.stringify(detail),
            },
          ],
        }),
      );
      await embedded.announce('Reprocess Requested', detail);
      await until(150, async () => {
        const live = await liveRelease(objects);
        return live?.release === 3 ? true : `release ${live?.release} is live`;
      });
      await settled(60);
    },
    redefined,
  );
  await check('tables and marts follow that too', () => agrees(120), byEvent);

  await check(
    'nothing was given up on the way',
    async () => {
      assert.deepEqual(await waiting(sqs, '-dlq'), {
        ingest: 0,
        compact: 0,
        sessionize: 0,
        work: 0,
        publish: 0,
      });
    },
    byEvent,
  );

  await check(
    'the known differences of ministack are still there',
    async () => {
      const template = JSON.stringify({ Resources: { Alarm: METRIC_MATH } });
      const asked = { StackName: 'metric-math', TemplateBody: template };
      const refused = await cloudformation(emulator, 'CreateStack', asked);
      await until(20, async () => {
        const later = await cloudformation(emulator, 'DescribeStackEvents', { StackName: 'metric-math' });
        return /metric math[^<]* is not supported/.test(refused + later) ? true : `${refused}${later}`;
      });
      // A visitor who has a cookie gets another one: the first was not seen.
      const cookie = `_rc=${'a'.repeat(32)}`;
      const page = { 'content-type': 'text/plain', cookie };
      const view = JSON.stringify({
        site: 'shop',
        key: 'shop-key',
        events: [{ url: 'https://shop.example/' }],
      });
      const reply = await post(cdn, page, view);
      assert.equal(reply.status, 202);
      assert.match(reply.cookie, /^_rc=(?!a{32})/);
    },
    byEvent,
  );

  await check(
    'removed, the data stays: objects, tables, beacons that wait',
    async () => {
      const before = (await objects.list(''))
        .map(({ key }) => key)
        .filter((key) => !key.startsWith('results/'));
      await serverless(emulator, 'remove');
      const after = new Set((await objects.list('')).map(({ key }) => key));
      assert.deepEqual(
        before.filter((key) => !after.has(key)),
        [],
      );
      assert.ok(before.length > 50, `${before.length} objects`);
      const { TableList } = await glue.send(new GetTablesCommand({ DatabaseName: 'retcon' }));
      assert.ok((TableList ?? []).some(({ Name }) => Name === 'sessions'));
      await sqs.send(new GetQueueUrlCommand({ QueueName: `${STACK}-ingest` }));
      await assert.rejects(sqs.send(new GetQueueUrlCommand({ QueueName: `${STACK}-compact` })));
      await assert.rejects(invoke(emulator, 'compact', { Records: [] }));
    },
    byEvent,
  );
} finally {
  if (counts.failed > 0) console.log(`the last that ministack wrote:\n${emulator.log(60)}`);
  for (const close of closers) await close();
}
console.log(`${((Date.now() - began) / 1000).toFixed(0)} s`);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed > 0 ? 1 : 0);
