import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { openLake } from './lake.ts';

/** A statement, and what a Trino server answered: rows with JSON values. Absent for statements that only Athena has. */
export interface Answered {
  name: string;
  sql: string;
  types?: string[];
  columns?: string[];
  rows?: unknown[][];
  athena_only?: true;
}

export interface Refused {
  name: string;
  sql: string;
  errorName: string;
}

const folder =
  process.env['RETCON_SHARED_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
const file = join(folder, 'athena-sql/cases.json');

/** The cases that lie beside the checkout; where they don't, one of each kind without a statement, to be skipped. */
export function trinoCases(): { found: boolean; answered: Answered[]; refused: Refused[] } {
  if (existsSync(file)) return { found: true, ...JSON.parse(readFileSync(file, 'utf8')) };
  const none = { name: `no ${file}`, sql: '' };
  return { found: false, answered: [none], refused: [{ ...none, errorName: '' }] };
}

const EVENTS = `FROM (VALUES
 (1, TIMESTAMP '2026-01-01 10:00:00', 'v1', 'https://example.com/?utm_source=news', 'https://g.co', 'DE', '{"plan":"pro","n":3}', ['a','b'], 12.5::DOUBLE, '2026-01-01'),
 (2, TIMESTAMP '2026-01-01 10:05:00', 'v1', 'https://example.com/blog/a', NULL, 'DE', '{"plan":"free"}', ['c'], 30.0, '2026-01-01'),
 (3, TIMESTAMP '2026-01-01 11:00:00', 'v2', 'https://example.com/pricing', NULL, 'US', '{}', []::VARCHAR[], 5.0, '2026-01-01'),
 (4, TIMESTAMP '2026-01-01 11:10:00', 'v2', 'https://example.com/blog/b', NULL, 'US', '{}', ['a'], 8.0, '2026-01-01'),
 (5, TIMESTAMP '2026-01-02 09:00:00', 'v3', 'https://example.com/', NULL, 'FR', '{}', ['d'], 150.0, '2026-01-02'),
 (6, TIMESTAMP '2026-01-02 12:00:00', 'v1', 'https://example.com/', NULL, 'DE', '{}', ['e'], 3.0, '2026-01-02')
) t(id, ts, visitor, url, referrer, country, props, tags, dur, day)`;

/** The tables of the cases: events by (site, dt), and the small ones that statements write to. */
export async function openCaseLake() {
  const lake = await openLake({ database: 'analytics' });
  await lake.s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const columns =
    'id int; ts timestamp; visitor string; url string; referrer string; country string; props string; tags array<string>; dur double';
  await lake.table('events', columns, 'site string; dt string');
  for (const dt of ['2026-01-01', '2026-01-02']) {
    const place = `events/site=s1/dt=${dt}/`;
    await lake.parquet(`${place}data_0.parquet`, `SELECT * EXCLUDE (day) ${EVENTS} WHERE day = '${dt}'`);
    await lake.partitions('events', [{ values: ['s1', dt], location: `s3://lake/${place}` }]);
  }
  await lake.table('ins', 'id int; visitor string');
  await lake.table('tgt', 'id int; n int');
  await lake.parquet('tgt/data.parquet', 'SELECT 1 AS id, 10 AS n');
  await lake.table('src', 'id int; n int');
  await lake.parquet('src/data.parquet', 'SELECT * FROM (VALUES (1, 11), (2, 22)) t(id, n)');
  return lake;
}

/** A value that Trino gave as JSON, as Athena prints it. Numbers inside arrays and maps are printed likewise. */
export function printed(value: unknown, type: string, inside = false): string | null {
  if (value === null) return inside ? 'null' : null;
  const of = /^(array|map)\((.*)\)$/.exec(type);
  if (of?.[1] === 'array') return `[${(value as unknown[]).map((v) => printed(v, of[2]!, true)).join(', ')}]`;
  if (of?.[1] === 'map') {
    const item = of[2]!.slice(of[2]!.indexOf(',') + 2);
    const entries = Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([k, v]) => `${k}=${printed(v, item, true)}`).join(', ')}}`;
  }
  // Java writes a double with a point, and with an exponent from ten million on.
  if (type === 'double') return javaText(value as number);
  // The server that answered keeps microseconds in its tables; Athena's tables keep milliseconds.
  if (type === 'timestamp(6)') return (value as string).slice(0, -3);
  return String(value).replace(/^local:\/\/\/lake\//, 's3://lake/');
}

function javaText(x: number): string {
  if (Math.abs(x) < 1e7) return Number.isInteger(x) ? `${x}.0` : String(x);
  const [mantissa, exponent] = x.toExponential().split('e') as [string, string];
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`;
}

/** The type as GetQueryResults names it: without lengths, precisions and what is inside. */
export const apiType = (type: string): string =>
  type.replace(/^(timestamp|varchar)\(\d+\)/, '$1').replace(/^(array|map|row|decimal)\(.*$/, '$1');
