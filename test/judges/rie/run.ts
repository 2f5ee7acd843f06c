import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACCOUNT } from '../../../local/aws/identity.ts';
import type { FaultHook } from '../../../local/aws/index.ts';
import { serveDev } from '../../../local/dev-server.ts';
import { openLocalLake } from '../../../local/lake.ts';
import { createRuntime, type LambdaFunction } from '../../../local/runtime/index.ts';
import { topology } from '../../../local/topology.ts';
import { SHIPPED_MARTS } from '../../../marts/shipped.ts';
import { functionUrlEvent } from '../../../shared/envelopes/function-url.ts';
import { liveRelease } from '../../../shared/lake/releases.ts';
import { check, counts } from '../deployed/checks.ts';
import { openEmbedded } from '../deployed/embedded.ts';
import { logged, shown } from '../deployed/holds.ts';
import {
  type Beacon,
  beaconEvent,
  FROM_THE_CDN,
  lateTraffic,
  REDEFINED,
  REDEFINED_AGAIN,
  SITES,
  traffic,
  VIEWER,
} from '../deployed/traffic.ts';
import { EmulatedFunction } from './emulated.ts';
import { packagedFunction, unpackFunction } from './package.ts';

/**
 * Runs the packaged functions under AWS's Runtime Interface Emulator against the in-process AWS on a port, and holds
 * what the lake shows against the same traffic in an embedded lake: whatever is killed on the way.
 */
const [binary, work] = process.argv.slice(2) as [string, string];
const MARTS = Object.keys(SHIPPED_MARTS).sort();
const SALT = 'a secret of the judge, thirty-two letters or more';
/** What Lambda lets a function answer at most: 6 MB. */
const LARGEST_REPLY = 6 * 1024 * 1024;
const began = Date.now();
const folder = (name: string): string => {
  const path = join(work, name);
  mkdirSync(path, { recursive: true });
  return path;
};

let meddle: FaultHook | null = null;
const lake = await openLocalLake({
  home: folder('lake'),
  fault: (call, phase, response) => meddle?.(call, phase, response),
});
const served = await serveDev(lake, { host: '127.0.0.1', port: 0, awsPort: 0 });
const embedded = await openEmbedded(folder('embedded'), SALT);
const queue = (name: string): string => `${served.aws}/${ACCOUNT}/${name}`;
const VALUES: Record<string, string> = {
  RETCON_BUCKET: topology.bucket,
  RETCON_BUS: 'retcon',
  RETCON_INGEST_QUEUE_URL: queue('ingest'),
  RETCON_INGEST_DEAD_LETTERS_URL: queue('ingest-dlq'),
  RETCON_COMPACT_QUEUE_URL: queue('compact'),
  RETCON_WORK_QUEUE_URL: queue('work'),
  RETCON_PLAN_QUEUE_URL: queue('sessionize'),
  RETCON_DEAD_LETTER_URLS: topology.queues.map(({ dlq }) => queue(dlq!)).join(),
  RETCON_WORKGROUP: 'primary',
  RETCON_MARTS: 'arrivals',
  RETCON_SALT_SECRET: SALT,
  RETCON_ORIGIN_SECRET: '',
  RETCON_ADDRESS_SOURCE: 'cloudfront',
};

const unpacked = new Set<string>();
const emulated: EmulatedFunction[] = [];

/** Starts a packaged function as the template configures it, or with another time-out, s. */
async function start(name: string, timeout?: number): Promise<EmulatedFunction> {
  const packaged = packagedFunction(name);
  const at = folder(name);
  if (!unpacked.has(name)) unpackFunction(name, at);
  unpacked.add(name);
  const variables = Object.entries(packaged.variables).map(([variable, value]) => {
    const text = VALUES[variable] ?? value;
    if (typeof text !== 'string') throw new Error(`${name}: nothing is known for ${variable}`);
    return [variable, text] as const;
  });
  const started = await EmulatedFunction.start({
    binary,
    folder: at,
    name,
    handler: packaged.handler,
    memory: packaged.memory,
    timeout: timeout ?? packaged.timeout,
    variables: {
      ...Object.fromEntries(variables),
      AWS_ENDPOINT_URL: served.aws,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
  });
  emulated.push(started);
  return started;
}

const NAMES = ['collect', 'land', 'compact', 'sessionize', 'work', 'publish', 'reconcile', 'gc', 'watch'];
const running: Record<string, EmulatedFunction> = {};
const errors: string[] = [];

/** Works until every queue is empty, with the functions at hand; gives what they could not do. */
async function drain(): Promise<string[]> {
  errors.length = 0;
  const functions = Object.fromEntries(
    topology.mappings.map(({ function: name }): [string, LambdaFunction] => [
      name,
      (event) => running[name]!.invoke(event),
    ]),
  );
  const onError = (error: unknown): void => {
    errors.push((error as Error).message);
  };
  await createRuntime({ aws: lake.aws, topology, functions, onError }).drain();
  return [...errors];
}

async function send(beacons: readonly Beacon[]): Promise<number[]> {
  const statuses: number[] = [];
  for (const beacon of beacons) {
    const reply = await running['collect']!.invoke(beaconEvent(beacon));
    statuses.push((reply as { statusCode: number }).statusCode);
  }
  return statuses;
}

async function sameAsEmbedded(): Promise<void> {
  assert.deepEqual(await logged(lake.lake), await logged(embedded.lake.lake));
  const [here, there] = [await shown(lake.queries, MARTS), await shown(embedded.lake.queries, MARTS)];
  assert.deepEqual(here, there);
  console.log(`          ${here['events']!.rows} events, ${here['sessions']!.rows} sessions, all marts`);
}

/** Waits for `ms` once, when a call of that kind is about to be made or has been applied. */
const once = (
  operation: string,
  holding: string,
  phase: 'before' | 'after',
  act: () => Promise<void> | void,
): FaultHook => {
  let left = 1;
  return async (call, now) => {
    if (left > 0 && now === phase && call.operation === operation && call.summary.includes(holding)) {
      left--;
      await act();
    }
    return undefined;
  };
};
const pause = (ms: number): Promise<void> => new Promise((next) => setTimeout(next, ms));

try {
  const alive = await check('every function starts and answers, cold and warm', async () => {
    const idle: Record<string, unknown> = { collect: functionUrlEvent(page('/v1/retcon.js'), Date.now()) };
    for (const name of NAMES) {
      running[name] = await start(name);
      const cold = await running[name]!.call(idle[name] ?? { Records: [] });
      const calls = [];
      for (let i = 0; i < 5; i++) calls.push((await running[name]!.call(idle[name] ?? { Records: [] })).ms);
      assert.ok(!/"errorType"/.test(cold.text), `${name}: ${cold.text.slice(0, 300)}`);
      const warm = calls.sort((a, b) => a - b)[2]!;
      const figures = [
        `init ${running[name]!.init.toFixed(0).padStart(5)} ms`,
        `first call ${cold.ms.toFixed(0).padStart(5)} ms`,
        `later ${warm.toFixed(1).padStart(6)} ms`,
        `${running[name]!.peak().toFixed(0).padStart(4)} MB`,
      ];
      console.log(`          ${name.padEnd(10)} ${figures.join(', ')}`);
    }
  });

  const collected = await check(
    'beacons go through the packaged functions: tables and marts are those of the embedded lake',
    async () => {
      for (const [site, text] of Object.entries(SITES)) {
        await lake.objects.put(`config/sites/${site}.yaml`, text);
        await embedded.put(`config/sites/${site}.yaml`, text);
      }
      await running['reconcile']!.invoke({});
      const beacons = traffic(began);
      const statuses = await send(beacons);
      assert.deepEqual(statuses, await embedded.send(beacons));
      assert.deepEqual([...new Set(statuses)], [202]);
      assert.deepEqual(await drain(), []);
      await sameAsEmbedded();
    },
    alive,
  );

  await check(
    'no function held more memory than it is given',
    async () => {
      for (const [name, one] of Object.entries(running)) {
        const { memory } = packagedFunction(name);
        console.log(`          ${name.padEnd(10)} ${one.peak().toFixed(0).padStart(4)} of ${memory} MB`);
        assert.ok(one.peak() > 20 && one.peak() < memory, `${name} held ${one.peak()} MB`);
      }
    },
    collected,
  );

  await check(
    'land runs out of time after its object was written: killed, called again, no beacon twice or lost',
    async () => {
      const beacons = lateTraffic(began, 'slow');
      await send(beacons);
      await embedded.send(beacons);
      const usual = running['land']!;
      running['land'] = await start('land', 2);
      meddle = once('PutObject', 'landing/', 'after', () => pause(6000));
      const failed = await drain();
      assert.equal(failed.length, 1, String(failed));
      assert.match(failed[0]!, /timed out after 2\.00 seconds/i);
      running['land'] = usual;
      await sameAsEmbedded();
    },
    collected,
  );

  await check(
    'compact is killed while it writes facts: another process goes on, digests are the same',
    async () => {
      const beacons = lateTraffic(began, 'killed');
      await send(beacons);
      await embedded.send(beacons);
      const victim = running['compact']!;
      const before = victim.process!;
      meddle = once('PutObject', 'facts/', 'before', () => {
        process.kill(victim.process!, 'SIGKILL');
      });
      const failed = await drain();
      assert.equal(failed.length, 1, String(failed));
      assert.notEqual(victim.process, before);
      await sameAsEmbedded();
    },
    collected,
  );

  const redefined = await check(
    'a definition file redefines history; sessionize is killed in the middle of it',
    async () => {
      const text = `${REDEFINED}apply: true\nmax_cost: 1\n`;
      const victim = running['sessionize']!;
      let before = 0;
      meddle = once('PutObject', 'derived/sessions/', 'after', () => {
        before = victim.process!;
        process.kill(before, 'SIGKILL');
      });
      await lake.objects.put('config/proposals/shorter.yaml', text);
      await embedded.put('config/proposals/shorter.yaml', text);
      const failed = await drain();
      assert.ok(before > 0 && victim.process !== before, 'nobody was killed');
      assert.equal(failed.length, 1, String(failed));
      assert.equal((await liveRelease(lake.objects))!.release, 2);
      await sameAsEmbedded();
    },
    collected,
  );

  await check(
    'with little time left sessionize stops between days, and goes on there when it is called again',
    async () => {
      const text = `${REDEFINED_AGAIN}apply: true\nmax_cost: 1\n`;
      const usual = running['sessionize']!;
      // Five seconds more than what it begins nothing with.
      running['sessionize'] = await start('sessionize', 245);
      const written: string[] = [];
      meddle = async (call, phase) => {
        if (
          phase === 'before' &&
          call.operation === 'PutObject' &&
          /derived\/sessions\//.test(call.summary)
        ) {
          written.push(call.summary.replace(/\/[^/]+\/[^/]+$/, ''));
          await pause(3000);
        }
        return undefined;
      };
      await lake.objects.put('config/proposals/longer.yaml', text);
      await embedded.put('config/proposals/longer.yaml', text);
      assert.deepEqual(await drain(), []);
      assert.equal((await liveRelease(lake.objects))!.release, 3);
      const stopped = running['sessionize']!.log.match(/too little time left/g)?.length ?? 0;
      assert.ok(stopped > 0, 'it never stopped');
      assert.deepEqual(written, [...new Set(written)], 'a day was computed twice');
      console.log(`          stopped ${stopped} times, ${written.length} days computed, none twice`);
      running['sessionize'] = usual;
      await sameAsEmbedded();
    },
    redefined,
  );
  meddle = null;

  await check(
    'a reply of more than 6 MB never arrives; those of the collector are far from it',
    async () => {
      const at = folder('large');
      writeFileSync(
        join(at, 'large.mjs'),
        'export const handler = async (event) => "x".repeat(event.size);\n',
      );
      const common = {
        binary,
        folder: at,
        handler: 'large.handler',
        memory: 128,
        timeout: 20,
        variables: {},
      };
      const large = await EmulatedFunction.start({ ...common, name: 'large' });
      emulated.push(large);
      const fits = (await large.call({ size: LARGEST_REPLY - 10 })).text.length;
      assert.equal(fits, LARGEST_REPLY - 8);
      const refused = (await large.call({ size: LARGEST_REPLY + 1000 })).text;
      assert.ok(refused.length < 10_000, `${refused.length} bytes arrived`);
      const script = (await running['collect']!.call(functionUrlEvent(page('/v1/retcon.js'), Date.now())))
        .text;
      assert.ok(script.length > 500 && script.length < 100_000, `${script.length} bytes of script`);
      const beacon = { headers: { 'content-type': 'text/plain' }, body: 'x'.repeat(4 * 1024 * 1024) };
      assert.deepEqual(await send([beacon]), [413]);
    },
    alive,
  );

  await check(
    'a variable that is missing fails the call with its name, and each later one',
    async () => {
      const { handler, memory } = packagedFunction('land');
      const options = { binary, folder: folder('land'), handler, memory, timeout: 5, variables: {} };
      const bare = await EmulatedFunction.start({ ...options, name: 'land' });
      emulated.push(bare);
      for (const _ of [1, 2])
        assert.match((await bare.call({ Records: [] })).text, /RETCON_BUCKET is not set/);
    },
    alive,
  );
} finally {
  if (counts.failed > 0)
    for (const one of emulated) console.log(`${one.name}:\n${one.log.split('\n').slice(-12).join('\n')}`);
  for (const one of emulated) await one.stop();
  await served.close();
  await embedded.close();
  await lake.close();
}
console.log(`${((Date.now() - began) / 1000).toFixed(0)} s`);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed > 0 ? 1 : 0);

function page(path: string) {
  const headers = { ...FROM_THE_CDN, host: 'localhost' };
  return { method: 'GET', path, query: '', headers, body: Buffer.alloc(0), sourceAddress: VIEWER };
}
