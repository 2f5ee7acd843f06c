import { createHash } from 'node:crypto';
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../../aws/errors.ts';
import { uniqueId } from '../../aws/files/whole.ts';

export type State = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

/** All that is kept of a query, as one file. Times are seconds since 1970. */
export interface Record {
  id: string;
  sql: string;
  database: string;
  workGroup: string;
  parameters: string[];
  output: string | null;
  state: State;
  reason?: string;
  error?: { category: 1 | 2 | 3; type: number; message: string };
  kind: 'DML' | 'DDL' | 'UTILITY';
  detail?: string;
  submitted: number;
  completed?: number;
  engineMs?: number;
  queuedMs?: number;
  scannedBytes?: number;
  /** The process that runs it. */
  process: number;
  columns?: ColumnInfo[];
  header?: boolean;
  rowCount?: number;
  /** Rows written by INSERT, CREATE TABLE AS or UNLOAD. */
  written?: number;
}

export interface ColumnInfo {
  CatalogName: string;
  SchemaName: string;
  TableName: string;
  Name: string;
  Label: string;
  Type: string;
  Precision: number;
  Scale: number;
  Nullable: 'UNKNOWN';
  CaseSensitive: boolean;
}

/** Rows in one file of a result; also what a page of GetQueryResults holds at most. */
export const ROWS_PER_FILE = 1000;

/** Queries as files below a folder: each survives its process, and any process may read it. */
export class Records {
  readonly #root: string;
  /** How queries of this process ended that the disk had no room to note. */
  readonly #unsaved = new Map<string, Record>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Writes a record whole; a reader sees the old one or the new one. */
  save(record: Record): void {
    this.#write(join(this.#folder(record.id), 'query.json'), JSON.stringify(record));
  }

  /**
   * Writes how a query ended. When the disk refuses, this process remembers it, and writes it when asked for it
   * and there is room; others see, once this process is gone, that the query never ended.
   */
  saveEnd(record: Record): void {
    try {
      this.save(record);
      this.#unsaved.delete(record.id);
    } catch {
      this.#unsaved.set(record.id, record);
    }
  }

  /** A query's record, or null when there is no such query. */
  load(id: string): Record | null {
    const unsaved = this.#unsaved.get(id);
    if (unsaved !== undefined) {
      this.saveEnd(unsaved);
      return unsaved;
    }
    if (!/^[0-9a-f-]{36}$/.test(id)) return null;
    return this.#read<Record>(join(this.#folder(id), 'query.json'));
  }

  saveRows(id: string, page: number, rows: (string | null)[][]): void {
    this.#write(join(this.#folder(id), `rows-${page}.json`), JSON.stringify(rows));
  }

  loadRows(id: string, page: number): (string | null)[][] {
    return this.#read<(string | null)[][]>(join(this.#folder(id), `rows-${page}.json`)) ?? [];
  }

  /** The ids of all queries. */
  ids(): string[] {
    try {
      return readdirSync(this.#root).filter((name) => /^[0-9a-f-]{36}$/.test(name));
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return [];
      throw error;
    }
  }

  /** Claims a client's token for a request. Whoever came first has it: gives that one's id and request. */
  claim(token: string, request: string, id: string): { id: string; request: string } {
    const folder = join(this.#root, 'tokens');
    const path = join(folder, createHash('sha256').update(token).digest('hex'));
    const mine = { id, request: createHash('sha256').update(request).digest('hex') };
    const temporary = `${path}.${uniqueId()}`;
    mkdirSync(folder, { recursive: true });
    writeFileSync(temporary, JSON.stringify(mine), { flag: 'wx' });
    try {
      linkSync(temporary, path);
      return { id, request };
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
      const first = this.#read<{ id: string; request: string }>(path)!;
      return { id: first.id, request: first.request === mine.request ? request : '' };
    } finally {
      unlinkSync(temporary);
    }
  }

  #folder(id: string): string {
    return join(this.#root, id);
  }

  #write(path: string, text: string): void {
    const temporary = `${path}.${uniqueId()}`;
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(temporary, text, { flag: 'wx' });
    renameSync(temporary, path);
  }

  #read<T>(path: string): T | null {
    try {
      return JSON.parse(readFileSync(path, 'utf8')) as T;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return null;
      throw error;
    }
  }
}
