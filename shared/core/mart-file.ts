import { parse } from 'yaml';
import { z } from 'zod';
import { badInput } from './errors.ts';

/** A mart: its SQL and what its header declares (marts/README.md). */
export interface Mart {
  name: string;
  description: string;
  /** Columns that tell a row; always with `site` and `dt`. */
  grain: string[];
  /** Tables that it reads, each with how far back. */
  inputs: Record<string, string>;
  rebuild: 'full';
  /** What each column means. */
  columns: Record<string, string>;
  /** Each query gives one number: how many rows break the rule. `{{mart}}` stands for the table. */
  tests: { name: string; sql: string }[];
  /** The SELECT, in Athena's dialect. */
  sql: string;
}

const MART_NAME = /^[a-z][a-z0-9_]{0,62}$/;
const HEADER = /^\s*\/\*---\n([\s\S]*?)\n---\*\/\s*/;

const header = z.strictObject({
  description: z.string().min(1),
  grain: z.array(z.string()).min(1),
  inputs: z.partialRecord(z.enum(['events', 'sessions', 'conversions']), z.literal('all')),
  rebuild: z.literal('full'),
  columns: z.record(z.string(), z.string()),
  tests: z.array(z.strictObject({ name: z.string(), sql: z.string() })).default([]),
});

/**
 * Reads a mart from its file. The file's name is the table's name.
 *
 * @throws RetconError `bad_mart` (exit 2) that names the file and the field
 */
export function parseMart(fileName: string, text: string): Mart {
  const name = fileName.replace(/^.*\//, '').replace(/\.sql$/, '');
  const bad = (field: string, what: string, fix: string) =>
    badInput('bad_mart', `marts/${name}.sql: ${what}: ${fix}`, { field });
  if (!MART_NAME.test(name)) throw bad('name', `"${name}" is no table name`, 'use a-z, 0-9 and _');
  const match = HEADER.exec(text);
  if (match === null)
    throw bad('header', 'it has no header', 'begin the file with /*--- and end the header with ---*/');
  let declared: unknown;
  try {
    declared = parse(match[1]!);
  } catch (cause) {
    throw bad('header', `its header is not YAML (${(cause as Error).message.split('\n')[0]})`, 'mend it');
  }
  const checked = header.safeParse(declared);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const field = issue!.path.join('.') || 'header';
    throw bad(field, `${field}: ${issue!.message}`, 'see marts/README.md');
  }
  const sql = text.slice(match[0].length).trim().replace(/;\s*$/, '');
  if (sql === '') throw bad('sql', 'it has no query', 'write a SELECT below the header');
  for (const column of ['site', 'dt']) {
    if (!checked.data.grain.includes(column)) throw bad('grain', `grain lacks ${column}`, `add ${column}`);
  }
  return { name, ...checked.data, inputs: checked.data.inputs as Record<string, string>, sql };
}
