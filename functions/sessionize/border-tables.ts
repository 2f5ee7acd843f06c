import type { SessionState } from '../../shared/core/session/machine.ts';
import type { Connection } from '../../shared/duckdb/engine.ts';
import { NumberTable } from '../../shared/duckdb/number-table.ts';
import { ROLE } from './border-rows.ts';
import { MarksByVisitor, type MarksDigest, MarksInOrder } from './marks-digest.ts';
import type { RowBlock, Segment, WalkSink } from './walk.ts';

/**
 * Puts what a unit's neighbours may need into temporary tables as the walk finds it:
 *
 * - `border_marks`: `place` (row of the unit, from 0; a row may come more than once), `role` (ROLE), `loose`
 *   (the loose end that the row tells, or -1);
 * - `loose_ends`: the machine's state after each session that may go on in the next unit.
 */
export class BorderTables implements WalkSink {
  readonly #marks: NumberTable;
  readonly #looseEnds: NumberTable;
  readonly #digest: MarksDigest;
  #loose = 0;
  /** Sessions of the unit. */
  sessions = 0;

  private constructor(digest: MarksDigest, marks: NumberTable, looseEnds: NumberTable) {
    this.#digest = digest;
    this.#marks = marks;
    this.#looseEnds = looseEnds;
  }

  /** @param ordered the walk goes through visitors in order; else it tells each of them to `visitor` */
  static async create(connection: Connection, ordered: boolean): Promise<BorderTables> {
    return new BorderTables(
      ordered ? new MarksInOrder() : await MarksByVisitor.create(connection),
      await NumberTable.create(connection, 'border_marks', {
        place: 'INTEGER',
        role: 'UTINYINT',
        loose: 'INTEGER',
      }),
      await NumberTable.create(connection, 'loose_ends', {
        loose: 'INTEGER',
        first_time: 'DOUBLE',
        session_count: 'DOUBLE',
        session_campaign: 'DOUBLE',
        session_referrer: 'DOUBLE',
        last_time: 'DOUBLE',
        last_day: 'DOUBLE',
        unbroken: 'UTINYINT',
      }),
    );
  }

  /** A row that a session from the unit before could reach. */
  head(row: number): void {
    this.#marks.add(row, ROLE.head, -1);
  }

  visitor(visitor: string, row: number): void {
    this.#digest.visitor(visitor, row);
  }

  rows({ marks }: RowBlock, length: number): void {
    this.#digest.add(marks.subarray(0, length));
  }

  amend(): void {}

  segment(): void {
    this.sessions++;
  }

  /** Marks the rows from which the loose end is told: its first event and its last URL. */
  looseEnd({ firstRow, urlRow }: Segment, state: SessionState): void {
    const loose = this.#loose++;
    this.#marks.add(firstRow, ROLE.first, loose);
    if (urlRow >= 0) this.#marks.add(urlRow, ROLE.lastUrl, loose);
    const { firstTime, count, campaign, referrer, lastTime, lastDay, unbroken } = state;
    this.#looseEnds.add(loose, firstTime, count, campaign, referrer, lastTime, lastDay, +unbroken);
  }

  cut(): void {}

  /** Completes the tables. @returns digest of where the unit's sessions start */
  close(): Promise<string> {
    this.#marks.close();
    this.#looseEnds.close();
    return this.#digest.digest();
  }
}
