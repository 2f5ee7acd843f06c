/**
 * A column type that a mart's CREATE TABLE AS left in the catalog, as the mart's table keeps it: text of any length.
 * Of `'first' AS model` Athena makes `varchar(5)`, so that a longer name in a later version would be another type.
 */
export function keptType(hive: string): string {
  return hive.replace(/\b(?:varchar|char)\(\d+\)/g, 'string');
}

const SIMPLE: Record<string, string> = {
  string: 'varchar',
  int: 'integer',
  float: 'real',
  binary: 'varbinary',
  timestamp: 'timestamp(3)',
};

/** Athena's own name of a type of the catalog, as a view has to give it: `array<struct<a:int>>`, `array(row("a" integer))`. */
export function prestoType(hive: string): string {
  const rest = { text: hive };
  return read(rest);
}

function read(rest: { text: string }): string {
  const word = taken(rest, /^[a-z]+(\(\d+(?:,\s*\d+)?\))?/);
  switch (word) {
    case 'array':
      return `array(${inside(rest, read).join()})`;
    case 'map':
      return `map(${inside(rest, read).join(', ')})`;
    case 'struct':
      return `row(${inside(rest, field).join(', ')})`;
    default:
      return SIMPLE[word] ?? word;
  }
}

function field(rest: { text: string }): string {
  const name = taken(rest, /^[^:]*:/).slice(0, -1);
  return `"${name.replaceAll('"', '""')}" ${read(rest)}`;
}

function inside(rest: { text: string }, item: (rest: { text: string }) => string): string[] {
  const items: string[] = [];
  taken(rest, /^</);
  do items.push(item(rest));
  while (taken(rest, /^[,>]/) === ',');
  return items;
}

function taken(rest: { text: string }, pattern: RegExp): string {
  const found = pattern.exec(rest.text)?.[0] ?? '';
  rest.text = rest.text.slice(found.length);
  return found;
}
