import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'aws-lambda';
import { expect, it } from 'vitest';
import { functionUrlEvent } from '../../shared/envelopes/function-url.ts';
import { openTestLake } from './open.ts';

/** One character in two UTF-16 units, put where a text is cut between them. */
const FACE = '\u{1F600}';

it('a refused event whose quotation is cut within a character leaves the table readable', async () => {
  const lake = await openTestLake('site: shop\n');
  // The quotation is 40 units long and begins with a quote: the first half of the face is its last unit.
  const beacon = { site: 'shop', events: [{ type: `${'x'.repeat(38)}${FACE}`, visitor: 'v' }] };
  const body = Buffer.from(JSON.stringify(beacon));
  const request = { method: 'POST', path: '/v1/events', query: '', headers: {}, body, sourceAddress: null };
  const reply = await lake.lake.collector(functionUrlEvent(request, Date.now()), {} as Context);
  expect(JSON.parse(reply.body!)).toEqual({ accepted: 0, rejected: [{ index: 0, reason: 'bad_type' }] });
  await lake.drain();
  const [row] = await lake.rows('SELECT reason, detail FROM rejected');
  expect(row![0]).toBe('bad_type');
  expect(row![1]).toContain(`"${'x'.repeat(38)}\ufffd...`);
  await lake.close();
});

it('a refused row of a file that is cut within a character leaves the table readable', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'retcon-rejected-'));
  const file = join(folder, 'access.log');
  writeFileSync(file, `${'x'.repeat(8191)}${FACE} and more\n`);
  const lake = await openTestLake('site: shop\nhosts: [shop.example]\n');
  await lake.import(file, { format: 'combined' });
  expect(await lake.rows('SELECT reason, length(body) FROM rejected')).toEqual([['malformed_line', '8192']]);
  await lake.close();
  rmSync(folder, { recursive: true });
});
