import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CsvRow, csvRowsOf } from '../../shared/import/csv.ts';
import { parseFieldMap } from '../../shared/import/field-map.ts';
import { accepted, bytes, rejected, rowsOf } from './reading.ts';

async function parse(...chunks: string[]): Promise<CsvRow[]> {
  const rows: CsvRow[] = [];
  for await (const batch of csvRowsOf(chunksOf(chunks))) rows.push(...batch);
  return rows;
}

async function* chunksOf(chunks: string[]): AsyncIterable<string> {
  yield* chunks;
}

function cells(rows: CsvRow[]): unknown[] {
  return rows.map((row) => ('cells' in row ? row.cells : row.fault));
}

describe('rows', () => {
  test.each([
    [
      'a,b\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a,b\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a,\n,b\n',
      [
        ['a', ''],
        ['', 'b'],
      ],
    ],
    ['\n\r\na\n\n', [['a']]],
    ['"a,b","c""d","e\r\nf"\n', [['a,b', 'c"d', 'e\r\nf']]],
    ['"a"\r\n"b"\r', [['a'], ['b']]],
    ['""""', [['"']]],
    ['"",""\n', [['', '']]],
    ['a"b,c" \n', [['a"b', 'c" ']]],
    ['a\rb,c\n', [['a\rb', 'c']]],
  ])('%j', async (text, expected) => {
    expect(cells(await parse(text))).toEqual(expected);
    expect(cells(await parse(...text))).toEqual(expected);
  });

  test('line numbers count the lines inside of quotes', async () => {
    const rows = await parse('a\n"b\nc"\n\nd\n');
    expect(rows.map((row) => row.line)).toEqual([1, 2, 5]);
  });

  test('a quote that never closes costs its line, not what follows', async () => {
    const rows = await parse('a,b\n"c,d\ne,f\n', 'g,h');
    expect(cells(rows)).toEqual([
      ['a', 'b'],
      expect.stringContaining('never closed'),
      ['e', 'f'],
      ['g', 'h'],
    ]);
    expect(rows[1]).toMatchObject({ line: 2, body: '"c,d\n' });
  });

  test('text after a closing quote costs its line', async () => {
    expect(cells(await parse('"a"b,c\nd,e\n'))).toEqual([
      expect.stringContaining('closing quote'),
      ['d', 'e'],
    ]);
  });

  test('any cells that are written by the rules are read back, in whatever pieces they come', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', 'é', '😀'), maxLength: 8 });
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 6 });
    const quote = (text: string): string =>
      /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    await fc.assert(
      fc.asyncProperty(table, fc.integer({ min: 1, max: 7 }), fc.boolean(), async (rows, size, crlf) => {
        const text = rows.map((row) => row.map(quote).join(',') + (crlf ? '\r\n' : '\n')).join('');
        const units = Array.from(text);
        const pieces: string[] = [];
        for (let at = 0; at < units.length; at += size) pieces.push(units.slice(at, at + size).join(''));
        expect(cells(await parse(...pieces))).toEqual(rows);
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});

describe('import', () => {
  const map = parseFieldMap('visitor=uuid,time=timestamp,url=url');
  const csv = { format: 'csv', map, timeUnit: 's' } as const;

  test('mapped columns become fields, the others properties; a byte order mark is no part of a name', async () => {
    const text = '\ufeffuuid,timestamp,url,plan,empty\r\nv1,1389052815,"https://x.example/a\nb",pro,\r\n';
    const [row] = accepted(await rowsOf(text, csv));
    expect(row).toMatchObject({
      visitor_id: 'v1',
      event_time: 1389052815000,
      event_type: 'page_view',
      url: 'https://x.example/a\nb',
      properties: '{"plan":"pro"}',
      user_agent: null,
    });
  });

  test('all fields', async () => {
    const text =
      'w,t,u,i,n,k,r,me,h,amount,no\nv,2026-01-02 03:04:05.6789,https://x.example/,id1,buy,event,https://o.example/,alice,Title,12.50,7\n';
    const all = parseFieldMap(
      'visitor=w,time=t,url=u,id=i,name=n,type=k,referrer=r,user=me,title=h,value=amount,seq=no',
    );
    expect(accepted(await rowsOf(text, { format: 'csv', map: all }))[0]).toMatchObject({
      visitor_id: 'v',
      event_time: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
      event_id: 'id1',
      event_name: 'buy',
      event_type: 'event',
      referrer: 'https://o.example/',
      user_id: 'alice',
      title: 'Title',
      value: 12.5,
      seq: 7,
      properties: '{}',
    });
  });

  test('without a map columns named like the fields are they', async () => {
    const rows = await rowsOf('time,visitor,name\n2026-01-02,v,signup\n', { format: 'csv' });
    expect(accepted(rows)[0]).toMatchObject({ event_name: 'signup', event_type: 'event', visitor_id: 'v' });
  });

  test('rows that are wrong are rejected, each with its reason, line and text; the others count', async () => {
    const text = [
      'uuid,timestamp,url,amount',
      'v,soon,/a,1',
      'v,1,/a',
      ',1,/a,1',
      'v,,/a,1',
      'v,1,/a,much',
      'v,-1,/a,1',
      '"v,1,/a,1',
      'v,1,/a,1',
    ].join('\n');
    const rows = await rowsOf(text, { ...csv, map: { ...map, value: 'amount' } });
    expect(rejected(rows).map((row) => [row.reason, row.line])).toEqual([
      ['bad_time', 2],
      ['wrong_columns', 3],
      ['missing_visitor', 4],
      ['missing_time', 5],
      ['bad_value', 6],
      ['bad_time', 7],
      ['malformed_row', 8],
    ]);
    expect(rejected(rows)[0]!.body).toBe('v,soon,/a,1\n');
    expect(accepted(rows)).toHaveLength(1);
  });

  test('a malformed url never rejects a row', async () => {
    const rows = await rowsOf('uuid,timestamp,url\nv,1,http//\nv,2,%%%\n', csv);
    expect(accepted(rows).map((row) => [row.url, row.url_path])).toEqual([
      ['http//', null],
      ['%%%', null],
    ]);
  });

  test('a map that names a column which is not there is wrong, with the columns and the nearest', async () => {
    await expect(rowsOf('uid,timestamp,url\nv,1,/\n', csv)).rejects.toMatchObject({
      code: 'unknown_column',
      exit: 2,
      message: '--map visitor=uuid: file has no column "uuid"',
      fix: 'did you mean uid? its columns are uid, timestamp, url',
    });
  });

  test.each([
    ['who,when\nv,1\n', { map: null }, 'bad_map'],
    ['uuid,uuid\n', {}, 'bad_header'],
    ['"uuid\n', {}, 'bad_header'],
    ['', {}, 'empty_input'],
  ])('the file %j as a whole is wrong', async (text, options, code) => {
    await expect(rowsOf(text, { ...csv, ...options })).rejects.toMatchObject({ code, exit: 2 });
  });

  test('UTF-16 is refused with the way out', async () => {
    const text = Uint8Array.from([0xff, 0xfe, ...Buffer.from('uuid,timestamp\n', 'utf16le')]);
    await expect(rowsOf(text, csv)).rejects.toMatchObject({ code: 'bad_encoding', exit: 2 });
  });

  test('two equal rows of a file stay two, equal rows of two files are one', async () => {
    const head = 'uuid,timestamp,url\n';
    const [a, b] = accepted(await rowsOf(`${head}v,1,/a\nv,1,/a\n`, csv));
    const [c] = accepted(await rowsOf(bytes(`${head}v,1,/a\n`), csv));
    expect(a!.event_id).not.toBe(b!.event_id);
    expect(c!.event_id).toBe(a!.event_id);
  });
});

describe('--map', () => {
  test.each([
    ['visitor', 'is not FIELD=COLUMN'],
    ['visitor=', 'is not FIELD=COLUMN'],
    ['vistor=a', 'no field "vistor"'],
    ['time=a,time=b', 'mapped twice'],
  ])('%s is refused', (text, message) => {
    expect(() => parseFieldMap(text)).toThrow(expect.objectContaining({ code: 'bad_map', exit: 2 }));
    expect(() => parseFieldMap(text)).toThrow(message);
  });

  test('the nearest field is suggested', () => {
    expect(() => parseFieldMap('vistor=a')).toThrow(
      expect.objectContaining({ fix: 'did you mean visitor?' }),
    );
  });
});
