import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** The checksums that S3 takes, by the end of their header's name. */
export const ALGORITHMS = ['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

export interface Checksum {
  update(bytes: Uint8Array): void;
  /** Base 64, as in the header. */
  digest(): string;
}

export function createChecksum(algorithm: Algorithm): Checksum {
  switch (algorithm) {
    case 'crc32':
      return new Crc32();
    case 'crc32c':
      return new Crc32c();
    case 'crc64nvme':
      return new Crc64Nvme();
    default:
      return new Digest(createHash(algorithm));
  }
}

class Crc32 implements Checksum {
  #value = 0;
  update(bytes: Uint8Array): void {
    this.#value = crc32(bytes, this.#value);
  }
  digest(): string {
    return bigEndian32(this.#value);
  }
}

/** CRC-32C (Castagnoli), reflected polynomial 0x82f63b78. */
const TABLE_32C = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value >>> 0;
});

class Crc32c implements Checksum {
  #value = 0xffffffff;
  update(bytes: Uint8Array): void {
    let value = this.#value;
    for (const byte of bytes) value = ((TABLE_32C[(value ^ byte) & 255] as number) ^ (value >>> 8)) >>> 0;
    this.#value = value;
  }
  digest(): string {
    return bigEndian32((this.#value ^ 0xffffffff) >>> 0);
  }
}

/** CRC-64/NVME, reflected polynomial 0x9a6c9329ac4bc9b5, in two halves of 32 bits. */
const TABLE_64 = Array.from({ length: 256 }, (_, byte) => {
  let value = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ 0x9a6c9329ac4bc9b5n : value >> 1n;
  return value;
});
const HIGH_64 = Uint32Array.from(TABLE_64, (value) => Number(value >> 32n));
const LOW_64 = Uint32Array.from(TABLE_64, (value) => Number(value & 0xffffffffn));

class Crc64Nvme implements Checksum {
  #high = 0xffffffff;
  #low = 0xffffffff;
  update(bytes: Uint8Array): void {
    let high = this.#high;
    let low = this.#low;
    for (const byte of bytes) {
      const index = (low ^ byte) & 255;
      low = (((low >>> 8) | (high << 24)) ^ (LOW_64[index] as number)) >>> 0;
      high = ((high >>> 8) ^ (HIGH_64[index] as number)) >>> 0;
    }
    this.#high = high;
    this.#low = low;
  }
  digest(): string {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32BE((this.#high ^ 0xffffffff) >>> 0, 0);
    bytes.writeUInt32BE((this.#low ^ 0xffffffff) >>> 0, 4);
    return bytes.toString('base64');
  }
}

class Digest implements Checksum {
  readonly #hash: Hash;
  constructor(hash: Hash) {
    this.#hash = hash;
  }
  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }
  digest(): string {
    return this.#hash.digest('base64');
  }
}

function bigEndian32(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes.toString('base64');
}
