import { expect, it } from 'vitest';
import { collect } from '../../functions/ingest/collect.ts';
import { collectWorld, post, request, site } from '../ingest/fake-world.ts';

const OURS = 'https://shop.example';
const beacon = (of: string, key: string) => ({ site: of, key, events: [{ id: 'e1' }] });

it('a page of an origin that the site does not list sends nothing, by any way', async () => {
  const { world, sent } = collectWorld();
  for (const origin of [
    'https://evil.example',
    'http://shop.example',
    'https://shop.example.evil.example',
    'https://shop.example:8443',
    'https://xshop.example',
    'null',
  ]) {
    const reply = await collect(post(beacon('shop', 'k1'), { origin }), world);
    expect([origin, reply.status]).toEqual([origin, 403]);
    expect(reply.headers['access-control-allow-origin']).toBeUndefined();
  }
  expect(sent).toEqual([]);
  expect((await collect(post(beacon('shop', 'k1'), { origin: OURS }), world)).status).toBe(202);
});

it('a key opens its own site, for adding events, until it is taken out of the site file', async () => {
  const blog = site({ site: 'blog', write_keys: ['of the blog'] });
  const { world, sent } = collectWorld({}, [site(), blog]);
  const status = async (of: string, key: string) => (await collect(post(beacon(of, key)), world)).status;
  expect([await status('blog', 'k1'), await status('shop', 'of the blog')]).toEqual([403, 403]);
  expect(sent).toEqual([]);
  expect([await status('shop', 'k1'), await status('shop', 'k2')]).toEqual([202, 202]);
  for (const method of ['GET', 'PUT', 'DELETE', 'HEAD']) {
    const reply = await collect(request({ method, query: 'site=shop&key=k1' }), world);
    expect([method, reply.status]).toEqual([method, 405]);
  }
  const rotated = collectWorld({}, [site({ write_keys: ['k2'] })]);
  expect((await collect(post(beacon('shop', 'k1')), rotated.world)).status).toBe(403);
  expect((await collect(post(beacon('shop', 'k2')), rotated.world)).status).toBe(202);
});
