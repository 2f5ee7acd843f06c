import { createHash } from 'node:crypto';
import { batches, type Connection, createTable, type TableFill } from '../../shared/duckdb/engine.ts';

const HEX = 32;
/** Marks stand in a table as digits. */
const ZERO = '0'.charCodeAt(0);

/** Digest of a unit's marks, one byte a row, in the order of visitors (docs/lake-format.md). */
export interface MarksDigest {
  /** A visitor's rows begin at `row`, counted from 0. */
  visitor(visitor: string, row: number): void;
  /** Marks of the next rows. */
  add(marks: Uint8Array): void;
  digest(): Promise<string>;
}

/** Facts in one file are in the order of visitors. */
export class MarksInOrder implements MarksDigest {
  readonly #hash = createHash('sha256');

  visitor(): void {}

  add(marks: Uint8Array): void {
    this.#hash.update(marks);
  }

  async digest(): Promise<string> {
    return this.#hash.digest('hex').slice(0, HEX);
  }
}

interface Begun {
  visitor: string;
  row: number;
}

/**
 * Facts in several files: each has visitors of its own, in order. Marks go through a table that puts the
 * visitors of all files in the order in which they would stand in one, so that the digest is the same.
 */
export class MarksByVisitor implements MarksDigest {
  readonly #connection: Connection;
  readonly #table: TableFill;
  #begun: Begun[] = [];
  #row = 0;
  #piece = 0;

  private constructor(connection: Connection, table: TableFill) {
    this.#connection = connection;
    this.#table = table;
  }

  static async create(connection: Connection): Promise<MarksByVisitor> {
    const columns = { visitor: 'VARCHAR', piece: 'INTEGER', marks: 'VARCHAR' } as const;
    return new MarksByVisitor(connection, await createTable(connection, 'visitor_marks', columns));
  }

  visitor(visitor: string, row: number): void {
    this.#begun.push({ visitor, row });
  }

  add(marks: Uint8Array): void {
    const to = this.#row + marks.length;
    const ahead: Begun[] = [];
    for (const [index, begun] of this.#begun.entries()) {
      if (begun.row >= to) {
        ahead.push(begun);
        continue;
      }
      const from = Math.max(begun.row, this.#row);
      const end = Math.min(this.#begun[index + 1]?.row ?? to, to);
      if (end > from) {
        const digits = Buffer.from(
          marks.subarray(from - this.#row, end - this.#row).map((mark) => mark + ZERO),
        );
        this.#table.row({ visitor: begun.visitor, piece: this.#piece++, marks: digits.toString('latin1') });
      }
      // Its rows may go on in the next block.
      if (end === to) ahead.push(begun);
    }
    this.#begun = ahead;
    this.#row = to;
  }

  async digest(): Promise<string> {
    this.#table.close();
    const hash = createHash('sha256');
    const sorted = 'SELECT marks FROM visitor_marks ORDER BY visitor, piece';
    for await (const some of batches<{ marks: string }>(this.#connection, sorted)) {
      for (const { marks } of some) hash.update(Buffer.from(marks, 'latin1').map((digit) => digit - ZERO));
    }
    return hash.digest('hex').slice(0, HEX);
  }
}
