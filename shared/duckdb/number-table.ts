import { DOUBLE, DuckDBDataChunk, type DuckDBType, INTEGER, UTINYINT } from '@duckdb/node-api';
import type { Connection } from './engine.ts';

const VECTOR_SIZE = 2048;
/** Rows that `add` gathers before the engine has them. */
const BATCH = VECTOR_SIZE * 4;

type Items = Float64Array | Int32Array | Uint8Array;

const TYPES = {
  DOUBLE: { type: DOUBLE as DuckDBType, items: Float64Array },
  INTEGER: { type: INTEGER as DuckDBType, items: Int32Array },
  UTINYINT: { type: UTINYINT as DuckDBType, items: Uint8Array },
};
export type NumberType = keyof typeof TYPES;

/**
 * A temporary table of numbers, filled block by block from typed arrays, or row by row. What was appended
 * belongs to the engine, which moves it to disk when memory runs short. Use one way or the other: rows that
 * were added come after blocks that were appended in between.
 */
export class NumberTable {
  readonly #appender: Awaited<ReturnType<Connection['createAppender']>>;
  readonly #types: DuckDBType[];
  readonly #batch: Items[];
  #length = 0;

  private constructor(appender: Awaited<ReturnType<Connection['createAppender']>>, columns: NumberType[]) {
    this.#appender = appender;
    this.#types = columns.map((column) => TYPES[column].type);
    this.#batch = columns.map((column) => new TYPES[column].items(BATCH));
  }

  /** Makes the table, in place of one of the same name. `columns`: name to type. */
  static async create(
    connection: Connection,
    table: string,
    columns: Record<string, NumberType>,
  ): Promise<NumberTable> {
    const list = Object.entries(columns).map(([name, type]) => `"${name}" ${type}`);
    await connection.run(`CREATE OR REPLACE TEMP TABLE ${table} (${list.join(', ')})`);
    return new NumberTable(await connection.createAppender(table), Object.values(columns));
  }

  /** Adds a row: its values in the order of the columns. */
  add(...values: number[]): void {
    for (let i = 0; i < values.length; i++) this.#batch[i]![this.#length] = values[i]!;
    this.#length++;
    if (this.#length === BATCH) this.#giveBatch();
  }

  /** Appends the first `length` items of each array, in the order of the columns; arrays can be used again. */
  append(columns: readonly Items[], length: number): void {
    for (let from = 0; from < length; from += VECTOR_SIZE) {
      const to = Math.min(from + VECTOR_SIZE, length);
      const chunk = DuckDBDataChunk.create(this.#types, to - from);
      for (const [index, column] of columns.entries()) {
        const vector = chunk.getColumnVector(index) as unknown as { items: Items; flush(): void };
        vector.items.set(column.subarray(from, to));
        vector.flush();
      }
      this.#appender.appendDataChunk(chunk);
    }
  }

  /** The table is complete; only now can it be read. */
  close(): void {
    this.#giveBatch();
    this.#appender.closeSync();
  }

  #giveBatch(): void {
    this.append(this.#batch, this.#length);
    this.#length = 0;
  }
}
