import type { AthenaQueries, QueryAnswer } from '../../../shared/clients/athena-queries.ts';

interface Compared {
  rows: number;
  columns: number;
}

/** Doubles that were added up in another order may end in another digit. */
const NEAR = 1e-12;

/**
 * Holds the answers of two engines against each other: names and types of the columns, then the rows, in whatever
 * order they came. Throws with the first differences.
 */
export function agree(ours: QueryAnswer, theirs: QueryAnswer): Compared {
  const described = ({ columns }: QueryAnswer): string =>
    columns.map(({ name, type }) => `${name} ${type}`).join(', ');
  if (described(ours) !== described(theirs))
    throw new Error(`columns differ:\nembedded ${described(ours)}\nTrino    ${described(theirs)}`);
  if (ours.rows.length !== theirs.rows.length)
    throw new Error(`the embedded engine has ${ours.rows.length} rows, Trino ${theirs.rows.length}`);
  const doubles = ours.columns.map(({ type }) => type === 'double');
  const [a, b] = [sorted(ours.rows, doubles), sorted(theirs.rows, doubles)];
  const differences: string[] = [];
  for (const [i, row] of a.entries()) {
    for (const [c, value] of row.entries()) {
      const other = b[i]![c]!;
      if (value === other || (doubles[c] && near(value, other))) continue;
      const at = `${ours.columns[c]!.name} of row ${i} (${row.slice(0, 4).join(', ')})`;
      differences.push(`${at}: embedded ${value}, Trino ${other}`);
    }
  }
  if (differences.length > 0)
    throw new Error(`${differences.length} values differ\n${differences.slice(0, 5).join('\n')}`);
  return { rows: a.length, columns: ours.columns.length };
}

/** Asks both engines and holds the answers against each other. */
export async function sameAnswer(
  ours: AthenaQueries,
  theirs: AthenaQueries,
  sql: string,
  options: { database?: string; theirSql?: string } = {},
): Promise<Compared> {
  const database = options.database === undefined ? {} : { database: options.database };
  const [a, b] = await Promise.all([
    ours.query(sql, database),
    theirs.query(options.theirSql ?? sql, database),
  ]);
  return agree(a, b);
}

/** In one order, which the last digits of doubles don't change. */
function sorted(rows: QueryAnswer['rows'], doubles: boolean[]): QueryAnswer['rows'] {
  const key = (row: (string | null)[]): string =>
    JSON.stringify(
      row.map((value, i) => (doubles[i] && value !== null ? Number(value).toPrecision(9) : value)),
    );
  return rows
    .map((row) => ({ row, key: key(row) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ row }) => row);
}

function near(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return false;
  return Math.abs(Number(a) - Number(b)) <= NEAR * Math.max(Math.abs(Number(a)), Math.abs(Number(b)));
}
