import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DevServer, serveDev } from '../../local/dev-server.ts';
import { openTestLake, type TestLake } from '../lake/open.ts';

let test: TestLake;
let server: DevServer;
beforeAll(async () => {
  test = await openTestLake('site: shop\n');
  server = await serveDev(test.lake, { host: '127.0.0.1', port: 0, awsPort: 0 });
});
afterAll(async () => {
  await server.close();
  await test.close();
});

const KEY = 'config/kept.yaml';

/** Status of a request to the port of the in-process AWS. `fetch` would not let a test name the host. */
function ask(path: string, method: string, headers: Record<string, string>, body = ''): Promise<number> {
  return new Promise((answered, failed) => {
    const sent = request(`${server.aws}${path}`, { method, headers }, (response) => {
      response.resume();
      response.on('end', () => answered(response.statusCode!));
    });
    sent.on('error', failed);
    sent.end(body);
  });
}

const text = async (key: string): Promise<string | undefined> =>
  (await test.lake.lake.objects.get(key))?.body.toString();

it.each(['127.0.0.1', 'localhost', '[::1]', 'bucket.localhost'])('AWS answers to %s', async (host) => {
  expect(await ask('/lake?list-type=2', 'GET', { host: `${host}:4566` })).toBe(200);
});

it('a name that somebody pointed here can neither read nor write the lake as AWS', async () => {
  for (const host of [
    'evil.example:4566',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'xlocalhost',
  ]) {
    expect([host, await ask('/lake?list-type=2', 'GET', { host })]).toEqual([host, 403]);
    expect([host, await ask('/lake/config/put.yaml', 'PUT', { host }, 'x')]).toEqual([host, 403]);
  }
  expect(await text('config/put.yaml')).toBeUndefined();
});

it('a web page can not send requests to AWS through its reader’s browser', async () => {
  await test.lake.lake.objects.put(KEY, Buffer.from('kept'));
  const erase = `<Delete><Object><Key>${KEY}</Key></Object></Delete>`;
  const host = '127.0.0.1:4566';
  // What browsers add by themselves: to a POST the origin; to any request, old ones excepted, where it comes from.
  for (const from of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:3000' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ] as Record<string, string>[]) {
    const headers = { host, 'content-type': 'text/plain', ...from };
    expect([from, await ask('/lake?delete', 'POST', headers, erase)]).toEqual([from, 403]);
  }
  expect(await text(KEY)).toBe('kept');
  expect(await ask('/lake?delete', 'POST', { host }, erase)).toBe(200);
  expect(await text(KEY)).toBeUndefined();
});
