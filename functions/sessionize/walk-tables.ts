import { type Connection, tableFromRows } from '../../shared/duckdb/engine.ts';
import { NumberTable } from '../../shared/duckdb/number-table.ts';
import type { RowBlock, Segment, WalkSink } from './walk.ts';

/** Where a row by which a session is told stands when there is none. */
const NOWHERE = 255;

/**
 * Puts what the walk finds into temporary tables as it comes:
 *
 * - `walk`, a row for each fact in their order: `segment`, `number`, `next`, `flags` (FLAG of walk.ts);
 * - `measures`, a row for each session that starts in the unit, in the order of their first events:
 *   `segment`, `started`, `ended`, `engaged` (ms), `event_count`, `page_views`, `robot`, `closed`, and where
 *   among the rows that tell the session (flags landing, user, exitHere) its exit (`exit_at`) and its last
 *   event with a user id (`user_at`, 255: none) stand, counted from its first.
 */
export class WalkTables implements WalkSink {
  readonly #walk: NumberTable;
  readonly #measures: NumberTable;
  /** Segments of sessions that came over the edge: index to the tail's index. */
  readonly carried: { segment: number; tail: number }[] = [];
  readonly #amended: { row: number; flags: number; next: number }[] = [];

  private constructor(walk: NumberTable, measures: NumberTable) {
    this.#walk = walk;
    this.#measures = measures;
  }

  static async create(connection: Connection): Promise<WalkTables> {
    return new WalkTables(
      await NumberTable.create(connection, 'walk', {
        segment: 'INTEGER',
        number: 'INTEGER',
        next: 'DOUBLE',
        flags: 'UTINYINT',
      }),
      await NumberTable.create(connection, 'measures', {
        segment: 'INTEGER',
        started: 'DOUBLE',
        ended: 'DOUBLE',
        engaged: 'DOUBLE',
        event_count: 'INTEGER',
        page_views: 'INTEGER',
        exit_at: 'UTINYINT',
        user_at: 'UTINYINT',
        robot: 'UTINYINT',
        closed: 'UTINYINT',
      }),
    );
  }

  rows({ segment, number, next, flags }: RowBlock, length: number): void {
    this.#walk.append([segment, number, next, flags], length);
  }

  amend(row: number, flags: number, next: number): void {
    this.#amended.push({ row, flags, next });
  }

  segment(segment: Segment): void {
    if (segment.carried >= 0) {
      this.carried.push({ segment: segment.index, tail: segment.carried });
      return;
    }
    const { exitRow, userRow, firstRow } = segment;
    this.#measures.add(
      segment.index,
      segment.startedMs,
      segment.endedMs,
      segment.engagedMs,
      segment.count,
      segment.pageViews,
      placeOf(exitRow, userRow, firstRow),
      placeOf(userRow, exitRow, firstRow),
      +segment.robot,
      +segment.closed,
    );
  }

  looseEnd(): void {}

  cut(): void {}

  /** Completes the tables. */
  async close(connection: Connection): Promise<void> {
    this.#walk.close();
    this.#measures.close();
    if (this.#amended.length === 0) return;
    await tableFromRows(
      connection,
      'amended',
      { row: 'BIGINT', flags: 'INTEGER', next: 'DOUBLE' },
      this.#amended,
    );
    await connection.run(
      `UPDATE walk SET flags = walk.flags | a.flags, next = CASE WHEN isnan(a.next) THEN walk.next ELSE a.next END
       FROM (SELECT "row", bit_or(flags)::UTINYINT AS flags, min(next) AS next FROM amended GROUP BY "row") a
       WHERE walk.rowid = a."row"`,
    );
  }
}

/** Place of a row among a session's telling rows: its first, this one, and another one. */
function placeOf(row: number, other: number, first: number): number {
  if (row < 0) return NOWHERE;
  if (row === first) return 0;
  return other > first && other < row ? 2 : 1;
}
