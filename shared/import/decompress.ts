import { once } from 'node:events';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { badInput } from '../core/errors.ts';
import { emptyInput, type Input } from './input.ts';

/** Packed bytes taken at once. */
const PIECE = 16_384;

type Bytes = AsyncIterable<Uint8Array>;

/** How the bytes of a file are packed, as its first bytes tell; its name has no say. */
export type Packing = 'gzip' | 'zstd' | 'plain';

/** Reads the packing from the first four bytes (fewer when the file is shorter). */
export function packingOf(head: Uint8Array): Packing {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  const frame = head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd;
  // A skippable frame (0x184D2A50 to 0x184D2A5F, little endian) may come before the first one with data.
  const skippable = (head[0]! & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18;
  return frame || skippable ? 'zstd' : 'plain';
}

/**
 * The unpacked bytes of an input: gzip (any number of members), zstd (any number of frames) or as they are.
 *
 * Bytes that unpack before a fault are handed out first; then `corrupt_input` (exit 2) is thrown, so the
 * caller knows exactly how far it got.
 */
export async function* unpacked(input: Input): Bytes {
  const source = input.bytes()[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let length = 0;
  while (length < 4) {
    const next = await source.next();
    if (next.done) break;
    head.push(next.value);
    length += next.value.length;
  }
  const packing = packingOf(Buffer.concat(head));
  const packed = rejoined(head, source);
  if (packing === 'plain') {
    yield* packed;
    return;
  }
  let any = false;
  try {
    for await (const chunk of packing === 'gzip' ? gunzipped(packed) : unzstd(packed)) {
      any ||= chunk.length > 0;
      yield chunk;
    }
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'RetconError') throw cause;
    const message = `${input.name} is damaged or cut off: its ${packing} data can't be unpacked to the end`;
    throw badInput('corrupt_input', message, { field: 'FILE', fix: 'copy the file again', cause });
  }
  if (!any) throw emptyInput(input.name);
}

async function* rejoined(head: Uint8Array[], rest: AsyncIterator<Uint8Array>): Bytes {
  try {
    yield* head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

function gunzipped(packed: Bytes): Bytes {
  return piped(packed, zlib.createGunzip());
}

/**
 * Through a stream of zlib, 16 KB at a time: what one such piece unpacks to is all that is held, and what
 * came out before a fault is handed out before the fault is.
 */
async function* piped(packed: Bytes, through: zlib.Gunzip | zlib.ZstdDecompress): Bytes {
  const out: Uint8Array[] = [];
  through.on('data', (chunk: Uint8Array) => {
    out.push(chunk);
  });
  const ended = once(through, 'end');
  ended.catch(() => {});
  try {
    for await (const chunk of packed) {
      for (let at = 0; at < chunk.length; at += PIECE) {
        const taken = new Promise<void>((resolve) => {
          through.write(chunk.subarray(at, at + PIECE), () => resolve());
        });
        await Promise.race([taken, ended]);
        yield* out.splice(0);
        if (through.errored) throw through.errored;
      }
    }
    through.end();
    await ended;
  } catch (fault) {
    yield* out.splice(0);
    throw fault;
  } finally {
    through.destroy();
  }
  yield* out.splice(0);
}

function unzstd(packed: Bytes): Bytes {
  const native = (zlib as { createZstdDecompress?: typeof zlib.createZstdDecompress }).createZstdDecompress;
  return native ? piped(packed, native()) : unzstdInScript(packed);
}

/** For a Node without zstd: slower (it is JavaScript), and without a look at checksums. */
export async function* unzstdInScript(packed: Bytes): Bytes {
  let out: Uint8Array[] = [];
  const machine = new Decompress((chunk) => {
    out.push(chunk);
  });
  const taken = (): Uint8Array[] => {
    const chunks = out;
    out = [];
    return chunks;
  };
  for await (const chunk of packed) {
    for (let at = 0; at < chunk.length; at += PIECE) {
      machine.push(chunk.slice(at, at + PIECE));
      yield* taken();
    }
  }
  machine.push(new Uint8Array(0), true);
  yield* taken();
}
