import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';

/** A file in a zip archive. */
export interface ZipEntry {
  name: string;
  /** Bytes unpacked. */
  size: number;
  read(): Buffer;
}

const END = 0x06054b50;
const ENTRY = 0x02014b50;

/** Reads a zip archive's directory. Throws when the file is no zip archive of fewer than 65,535 files. */
export function readZip(path: string): ZipEntry[] {
  const zip = readFileSync(path);
  let end = zip.length - 22;
  while (end >= 0 && zip.readUInt32LE(end) !== END) end--;
  if (end < 0) throw new Error(`${path} is no zip archive`);
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  const entries: ZipEntry[] = [];
  for (let i = 0; i < count; i++) {
    if (zip.readUInt32LE(at) !== ENTRY) throw new Error(`${path}: entry ${i} of its directory is broken`);
    const method = zip.readUInt16LE(at + 10);
    const packed = zip.readUInt32LE(at + 20);
    const nameLength = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    const header = zip.readUInt32LE(at + 42);
    entries.push({
      name,
      size: zip.readUInt32LE(at + 24),
      read: () => {
        const from = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
        const bytes = zip.subarray(from, from + packed);
        return method === 0 ? bytes : inflateRawSync(bytes);
      },
    });
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries.filter((entry) => !entry.name.endsWith('/'));
}

/** Unpacks entries into a folder. */
export function unpack(entries: readonly ZipEntry[], folder: string): void {
  for (const entry of entries) {
    const file = join(folder, entry.name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, entry.read());
  }
}
