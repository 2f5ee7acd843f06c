import { EVENT_TYPES } from '../../shared/core/event/types.ts';
import { UNIT_MS, unitStart } from '../../shared/core/unit.ts';
import { type Connection, fileList, literal, tableFromRows } from '../../shared/duckdb/engine.ts';
import { LANDING_TYPES } from '../../shared/lake/facts.ts';
import { fillSql, sqlText } from '../../shared/sql-text.ts';
import type { Wanted } from './judge.ts';
import type { LandedFile } from './landed-files.ts';

const INCOMING = sqlText(import.meta.url, 'incoming.sql');

const columns = Object.entries(LANDING_TYPES)
  .map(([name, type]) => `${name}: '${type}'`)
  .join(', ');

/**
 * Makes the table `landed`: the files at hand, the object that each came from, its rows and those of the files
 * before it.
 */
export async function tellLanded(connection: Connection, files: readonly LandedFile[]): Promise<void> {
  let before = 0;
  const told = files.map(({ file, object, rows, judged }) => {
    before += rows;
    return { file, object, rows, judged, before: before - rows };
  });
  const spec = {
    file: 'VARCHAR',
    object: 'VARCHAR',
    rows: 'BIGINT',
    judged: 'BOOLEAN',
    before: 'BIGINT',
  } as const;
  await tableFromRows(connection, 'landed', spec, told);
}

/**
 * A query of all rows of the files in `landed`, at least one, with the columns of facts but `collided_id`. It
 * fails when a line is no fact of the site and unit.
 */
export function incomingSql(files: readonly LandedFile[], wanted: Wanted): string {
  const from = unitStart(wanted.unit, wanted.dayOffsetMinutes);
  return fillSql(INCOMING, {
    site: literal(wanted.site),
    types: EVENT_TYPES.map(literal).join(', '),
    from: String(from),
    to: String(from + UNIT_MS),
    files: fileList(files.map(({ file }) => file)),
    columns,
  });
}
