import type { ErasedVisitors } from '../../shared/core/erased-visitors.ts';
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
 * What of a query of facts stays when erased visitors are left out: those of whom it is remembered, by the hash of
 * their id, that nothing that came up to a moment counts (`erasedName`, `isTaken`).
 */
export function withoutErased(facts: string, site: string, erased: ErasedVisitors): string {
  const known = Object.entries(erased);
  if (known.length === 0) return facts;
  const values = known.map(([name, until]) => `(${literal(name)}, ${until})`).join(', ');
  return `SELECT f.* FROM (${facts}) f WHERE NOT EXISTS (
    SELECT 1 FROM (VALUES ${values}) e(name, until)
    WHERE e.name = left(sha256(${literal(`${site}\u001f`)} || f.visitor_id), 32) AND ${takenSql('f', 'e.until')})`;
}

/** `isTaken` as SQL, of a fact at `row`. */
export function takenSql(row: string, until: string): string {
  const landed = `try_cast(regexp_extract(${row}.landing_object, '/(\\d{13})-[0-9a-f]+\\.ndjson\\.gz$', 1) AS BIGINT)`;
  return `(epoch_ms(${row}.received_at) <= ${until} OR coalesce(${landed} <= ${until}, false))`;
}

/**
 * A query of all rows of the files in `landed`, at least one, with the columns of facts but `collided_id`. It
 * fails when a line is no fact of the site and unit.
 */
export function incomingSql(files: readonly LandedFile[], wanted: Wanted): string {
  const from = unitStart(wanted.unit, wanted.dayOffsetMinutes);
  const lines = fillSql(INCOMING, {
    site: literal(wanted.site),
    types: EVENT_TYPES.map(literal).join(', '),
    from: String(from),
    to: String(from + UNIT_MS),
    files: fileList(files.map(({ file }) => file)),
    columns,
  });
  return withoutErased(lines, wanted.site, wanted.erased);
}
