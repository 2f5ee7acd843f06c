import { expect, test } from 'vitest';
import { parseFieldMap } from '../../shared/import/field-map.ts';
import { accepted, rejected, rowsOf } from './reading.ts';

const ndjson = { format: 'ndjson' } as const;
const lines = (...rows: unknown[]): string => rows.map((row) => JSON.stringify(row)).join('\n');

test('one event object a line, as the collector takes them', async () => {
  const text = lines(
    { id: 'a', time: 1000.9, visitor: 'v', url: 'https://x.example/p', seq: 3, plan: 'pro' },
    { time: '1970-01-01T00:00:02+00:00', visitor: 'v', name: 'buy', value: 3.5, properties: { sku: 1 } },
  );
  expect(accepted(await rowsOf(`${text}\n\n`, ndjson))).toMatchObject([
    { event_id: 'a', event_time: 1000, seq: 3, event_type: 'page_view', properties: '{"plan":"pro"}' },
    { event_time: 2000, event_type: 'event', event_name: 'buy', value: 3.5, properties: '{"sku":1}' },
  ]);
});

test('--time-unit holds for the times of event objects too', async () => {
  const text = lines({ time: 5, visitor: 'v' }, { time: '5.5', visitor: 'v' });
  const rows = accepted(await rowsOf(text, { ...ndjson, timeUnit: 's' }));
  expect(rows.map((row) => row.event_time)).toEqual([5000, 5500]);
});

test('other objects come in through a map; whole numbers can be ids', async () => {
  const text = lines(
    { who: 17, at: 2_000_000, page: '/a', extra: [1] },
    { who: 'x', at: '3000000', more: true },
  );
  const map = parseFieldMap('visitor=who,time=at,url=page');
  expect(accepted(await rowsOf(text, { ...ndjson, map, timeUnit: 'us' }))).toMatchObject([
    { visitor_id: '17', event_time: 2000, url: '/a', properties: '{"extra":[1]}' },
    { visitor_id: 'x', event_time: 3000, url: null, properties: '{"more":true}' },
  ]);
});

test('broken lines are rejected, each with its reason and line; the others count', async () => {
  const text = [
    '{"time":1,"visitor":"v"}',
    '{"time":1',
    '[1]',
    '7',
    '{"time":1}',
    '{"visitor":"v"}',
    '{"time":"x","visitor":"v"}',
    '{"time":2,"visitor":9}',
    '\0\0',
    '{"time":3,"visitor":"v"}',
  ];
  const rows = await rowsOf(text.join('\r\n'), ndjson);
  expect(rejected(rows).map((row) => [row.reason, row.line])).toEqual([
    ['not_json', 2],
    ['not_an_object', 3],
    ['not_an_object', 4],
    ['missing_visitor', 5],
    ['missing_time', 6],
    ['bad_time', 7],
    ['not_a_string', 8],
    ['not_json', 9],
  ]);
  expect(accepted(rows).map((row) => row.event_time)).toEqual([1, 3]);
});

test('a mapped column may be missing from the first objects, but not from all', async () => {
  const map = parseFieldMap('visitor=who,time=at,referrer=from');
  const rows = [
    ...Array.from({ length: 50 }, (_, i) => ({ who: 'v', at: i })),
    { who: 'v', at: 60, from: 'https://o.example/' },
  ];
  expect(accepted(await rowsOf(lines(...rows), { ...ndjson, map }))).toHaveLength(51);
  await expect(rowsOf(lines({ who: 'v', at: 1, form: 'x' }), { ...ndjson, map })).rejects.toMatchObject({
    code: 'unknown_column',
    exit: 2,
    fix: 'did you mean form? its columns are who, at, form',
  });
});

test('an empty file is refused', async () => {
  await expect(rowsOf('', ndjson)).rejects.toMatchObject({ code: 'empty_input', exit: 2 });
});
