import { readFile, writeFile } from 'node:fs/promises';
import { PUBLIC_TABLES } from '../../../shared/lake/tables.ts';
import type { ListedObject, ObjectStore } from '../../../shared/ports/objects.ts';

const TABLES = Object.keys(PUBLIC_TABLES).map((table) => `derived/${table}/`);
const MANIFESTS = 'state/manifests/';

/**
 * A lake in which nothing has been computed, and in which nothing that is computed stays: writes go no
 * further than this object, tables nowhere. What the lake holds otherwise is there to be read.
 */
export class Overlay implements ObjectStore {
  readonly #lake: ObjectStore;
  readonly #written = new Map<string, Buffer>();

  constructor(lake: ObjectStore) {
    this.#lake = lake;
  }

  async get(key: string): Promise<{ body: Buffer; etag: string } | null> {
    const body = this.#written.get(key);
    if (body !== undefined) return { body, etag: 'overlay' };
    return key.startsWith(MANIFESTS) ? null : this.#lake.get(key);
  }

  async getRange(key: string, from: number, to: number): Promise<Buffer | null> {
    const body = this.#written.get(key);
    return body === undefined ? this.#lake.getRange(key, from, to) : body.subarray(from, to + 1);
  }

  async put(key: string, body: Buffer | string): Promise<'written'> {
    if (!key.startsWith(MANIFESTS)) this.#written.set(key, Buffer.from(body));
    return 'written';
  }

  list(prefix: string, options?: { startAfter?: string; limit?: number }): Promise<ListedObject[]> {
    return this.#lake.list(prefix, options);
  }

  async download(key: string, path: string): Promise<void> {
    const body = this.#written.get(key);
    await (body === undefined ? this.#lake.download(key, path) : writeFile(path, body));
  }

  async upload(path: string, key: string): Promise<void> {
    if (!TABLES.some((folder) => key.startsWith(folder))) this.#written.set(key, await readFile(path));
  }

  async remove(key: string): Promise<void> {
    this.#written.delete(key);
  }
}
