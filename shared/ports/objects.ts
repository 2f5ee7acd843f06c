/**
 * Objects of the lake, in our words. One implementation, over the S3 client: embedded and on AWS differ
 * only in where that client's requests go. Keys are relative to the lake's bucket.
 */
export interface ObjectStore {
  /** The object's bytes and etag; null when it doesn't exist. */
  get(key: string): Promise<{ body: Buffer; etag: string } | null>;
  /** Bytes `from`..`to` inclusive (clipped at the end); null when the object doesn't exist. */
  getRange(key: string, from: number, to: number): Promise<Buffer | null>;
  /**
   * Writes an object. `ifAbsent`: only when nothing is there; `ifMatch`: only over that etag.
   * Resolves to `written` or, when the condition doesn't hold, `lost` (412; 404 under `ifMatch`).
   * A conflict (409) is retried here; an unknown outcome (time-out) is settled by reading back.
   */
  put(key: string, body: Buffer | string, options?: PutOptions): Promise<'written' | 'lost'>;
  /** Keys under a prefix in byte order, after `startAfter`; at most `limit` when given. */
  list(prefix: string, options?: { startAfter?: string; limit?: number }): Promise<ListedObject[]>;
  /** Brings an object into a local file (created or replaced). Throws when the object doesn't exist. */
  download(key: string, path: string): Promise<void>;
  /** Stores a local file as an object. */
  upload(path: string, key: string): Promise<void>;
  /** Removes an object; again, or one that isn't there, is fine. */
  remove(key: string): Promise<void>;
}

export interface PutOptions {
  ifAbsent?: boolean;
  ifMatch?: string;
  contentType?: string;
}

export interface ListedObject {
  key: string;
  size: number;
}
