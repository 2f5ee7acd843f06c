import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unzstdInScript } from '../../shared/import/decompress.ts';
import { inputFrom, openInput } from '../../shared/import/input.ts';
import { importRows } from '../../shared/import/rows.ts';
import { accepted, bytes, rowsOf, SITE } from './reading.ts';

const ndjson = { format: 'ndjson' } as const;
const event = (i: number): string => `{"time":${i},"visitor":"v"}\n`;
const TEXT = event(1) + event(2) + event(3);

/** A zstd frame that holds bytes as they are: RFC 8878, one raw block, content size in one byte. */
function zstdFrame(content: Uint8Array): Uint8Array {
  const blockHeader = (content.length << 3) | 1;
  const head = [0x28, 0xb5, 0x2f, 0xfd, 0x20, content.length];
  return Uint8Array.from([...head, blockHeader & 255, blockHeader >> 8, blockHeader >> 16, ...content]);
}

function apart(all: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, i * size + size));
}

const times = async (content: Uint8Array | Uint8Array[]): Promise<number[]> =>
  accepted(await rowsOf(content, ndjson)).map((row) => row.event_time);

describe('packing is told by the first bytes', () => {
  const members = Buffer.concat([gzipSync(event(1)), gzipSync(event(2) + event(3))]);
  const frames = Buffer.concat([zstdFrame(bytes(event(1))), zstdFrame(bytes(event(2) + event(3)))]);
  const skippable = Buffer.concat([Uint8Array.from([0x5a, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9]), frames]);
  test.each([
    ['plain', bytes(TEXT)],
    ['gzip', gzipSync(TEXT)],
    ['gzip of two members', members],
    ['zstd of two frames', frames],
    ['zstd after a skippable frame', skippable],
  ])('%s, whole and byte by byte', async (_name, packed) => {
    expect(await times(packed)).toEqual([1, 2, 3]);
    expect(await times(apart(packed, 1))).toEqual([1, 2, 3]);
  });

  test('zstd in JavaScript, for a Node without it', async () => {
    const out: Uint8Array[] = [];
    for await (const chunk of unzstdInScript(inputFrom('x', apart(frames, 5)).bytes())) out.push(chunk);
    expect(Buffer.concat(out).toString()).toBe(TEXT);
  });

  test('recompressed, the events have the same ids', async () => {
    const ids = async (content: Uint8Array): Promise<string[]> =>
      accepted(await rowsOf(content, ndjson)).map((row) => row.event_id);
    expect(await ids(members)).toEqual(await ids(bytes(TEXT)));
  });
});

describe('packed data that breaks off', () => {
  const many = Array.from({ length: 20_000 }, (_, i) => event(i)).join('');
  const all = gzipSync(many);

  test('the rows before the fault come first, then the error says how many', async () => {
    const input = inputFrom('cut.gz', [all.subarray(0, all.length / 2)]);
    const read: number[] = [];
    const walk = async (): Promise<void> => {
      for await (const row of importRows(input, { site: SITE, format: 'ndjson' })) {
        if ('ok' in row) read.push(row.ok.event_time);
      }
    };
    const fault = await walk().then(
      () => null,
      (error) => error,
    );
    expect(fault).toMatchObject({ code: 'corrupt_input', exit: 2 });
    expect(read.length).toBeGreaterThan(1000);
    expect(read).toEqual(read.map((_, i) => i));
    expect(fault.message).toContain('cut.gz');
    expect(fault.message).toContain(`${read.length} rows were read before that`);
  });

  test('a byte that is wrong is noticed', async () => {
    const wrong = Buffer.from(all);
    wrong[wrong.length - 6] = wrong[wrong.length - 6]! ^ 1;
    await expect(rowsOf(wrong, ndjson)).rejects.toMatchObject({ code: 'corrupt_input' });
  });

  test('zstd that is cut off is noticed', async () => {
    const frame = zstdFrame(bytes(TEXT));
    await expect(rowsOf(frame.slice(0, -5), ndjson)).rejects.toMatchObject({ code: 'corrupt_input' });
  });

  test('only the magic bytes', async () => {
    await expect(rowsOf(Uint8Array.from([0x1f, 0x8b]), ndjson)).rejects.toMatchObject({
      code: 'corrupt_input',
    });
  });

  test('a reader that stops early leaves nothing behind', async () => {
    let closed = false;
    async function* source(): AsyncIterable<Uint8Array> {
      try {
        for (const piece of apart(all, 1000)) yield piece;
      } finally {
        closed = true;
      }
    }
    for await (const _row of importRows(inputFrom('x', source()), { site: SITE, format: 'ndjson' })) break;
    expect(closed).toBe(true);
  });
});

describe('what is opened', () => {
  let dir = '';
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'retcon-import-'));
    await mkdir(join(dir, 'folder'));
    await writeFile(join(dir, 'empty'), '');
    await writeFile(join(dir, 'empty.gz'), gzipSync(''));
    await writeFile(join(dir, 'plain.gz'), TEXT);
    await writeFile(join(dir, 'secret'), TEXT);
    await chmod(join(dir, 'secret'), 0);
  });
  afterAll(() => rm(dir, { recursive: true }));

  const read = async (name: string): Promise<number[]> => {
    const input = await openInput(name === '-' ? '-' : join(dir, name), Readable.from([bytes(TEXT)]));
    const found: number[] = [];
    for await (const row of importRows(input, { site: SITE, format: 'ndjson' })) {
      if ('ok' in row) found.push(row.ok.event_time);
    }
    if (name === 'plain.gz') expect([input.size, input.bytesRead()]).toEqual([TEXT.length, TEXT.length]);
    return found;
  };

  test.each(['-', 'plain.gz'])('%s', async (name) => {
    expect(await read(name)).toEqual([1, 2, 3]);
  });

  test.each([
    ['missing', 'no_such_file', 'does not exist'],
    ['folder', 'is_a_directory', 'is a directory'],
    ['empty', 'empty_input', 'the file is empty'],
    ['empty.gz', 'empty_input', 'the file is empty'],
  ])('%s is refused', async (name, code, message) => {
    const fault = await read(name).catch((error) => error);
    expect(fault).toMatchObject({ code, exit: 2, field: 'FILE' });
    expect(fault.message).toContain(name);
    expect(fault.message).toContain(message);
  });

  test.skipIf(process.getuid?.() === 0)('an unreadable file is refused', async () => {
    await expect(read('secret')).rejects.toMatchObject({ code: 'unreadable_file', exit: 2 });
  });

  test('empty standard input is refused', async () => {
    const input = await openInput('-', Readable.from([]));
    const walk = async (): Promise<void> => {
      for await (const _row of importRows(input, { site: SITE, format: 'ndjson' }));
    };
    await expect(walk()).rejects.toMatchObject({
      code: 'empty_input',
      message: 'standard input: the file is empty',
    });
  });
});
