import type { Table } from '@aws-sdk/client-glue';
import { qualifiedTable } from '../dialect/analyze/relation.ts';
import { SqlError, unsupported } from '../dialect/errors.ts';
import type { Name, PartitionSpec, Statement } from '../dialect/parse/ast.ts';
import type { PartitionPlace } from './catalog.ts';
import type { Lines } from './catalog-statements.ts';
import { parseLocation } from './files.ts';
import type { Engine, Question } from './run.ts';
import { partitionFolder } from './stored-rows.ts';
import { isView } from './view.ts';

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

interface Partitioned {
  database: string;
  name: string;
  table: Table;
  keys: string[];
}

async function partitioned(engine: Engine, parts: Name[], question: Question): Promise<Partitioned> {
  const { database, name } = qualifiedTable(parts, question.database);
  const { at } = parts[0]!;
  const table = await engine.catalog.table(database, name);
  if (table === null) throw new SqlError('TABLE_NOT_FOUND', `Table '${database}.${name}' does not exist`, at);
  const keys = (table.PartitionKeys ?? []).map((k) => (k.Name ?? '').toLowerCase());
  if (isView(table) || keys.length === 0)
    throw new SqlError('NOT_SUPPORTED', `Table ${name} is not a partitioned table`, at);
  return { database, name, table, keys };
}

/** The values in the order of the table's keys; each key must be named once. */
function valuesOf(spec: PartitionSpec, keys: string[]): string[] {
  const given = new Map(spec.values.map((v) => [v.name.text.toLowerCase(), v.value]));
  if (given.size !== spec.values.length || given.size !== keys.length || keys.some((k) => !given.has(k)))
    throw new SqlError(
      'INVALID_ARGUMENTS',
      `PARTITION must give a value for each of: ${keys.join(', ')}`,
      spec.at,
    );
  return keys.map((k) => given.get(k)!);
}

const slashed = (location: string): string => location.replace(/\/?$/, '/');

const defaultPlace = ({ table, keys }: Partitioned, values: string[]): string =>
  `${slashed(table.StorageDescriptor?.Location ?? '')}${partitionFolder(keys, values)}`;

/** ALTER TABLE .. ADD [IF NOT EXISTS] PARTITION (..) [LOCATION '..'] ..: all of them, or none that is wrong. */
export async function addPartitions(
  engine: Engine,
  statement: Of<'addPartitions'>,
  question: Question,
): Promise<void> {
  const target = await partitioned(engine, statement.name, question);
  const known = await knownPartitions(engine, target);
  const fresh: PartitionPlace[] = [];
  for (const spec of statement.partitions) {
    const values = valuesOf(spec, target.keys);
    if (spec.location !== null) parseLocation(spec.location);
    const twice = fresh.some((f) => same(f.values, values));
    if (!twice && !known.some((p) => same(p.values, values)))
      fresh.push({ values, location: slashed(spec.location ?? defaultPlace(target, values)) });
    else if (!statement.ifNotExists)
      throw new SqlError(
        'ALREADY_EXISTS',
        `Partition already exists: [${values.join(', ')}]; write ADD IF NOT EXISTS`,
        spec.at,
      );
  }
  await engine.catalog.addPartitions(target.database, target.name, target.table, fresh);
}

/** ALTER TABLE .. DROP [IF EXISTS] PARTITION (..), ..: the catalog's entries; objects stay. */
export async function dropPartitions(
  engine: Engine,
  statement: Of<'dropPartitions'>,
  question: Question,
): Promise<void> {
  const target = await partitioned(engine, statement.name, question);
  for (const spec of statement.partitions) {
    const values = valuesOf(spec, target.keys);
    const dropped = await engine.catalog.dropPartition(target.database, target.name, values);
    if (!dropped && !statement.ifExists)
      throw new SqlError('NOT_FOUND', `Partition not found: [${values.join(', ')}]`, spec.at);
  }
}

/** MSCK REPAIR TABLE: registers every folder `key=value/..` below the table's location; none is removed. */
export async function repair(engine: Engine, statement: Of<'repair'>, question: Question): Promise<Lines> {
  const target = await partitioned(engine, statement.name, question);
  const root = slashed(target.table.StorageDescriptor?.Location ?? '');
  const known = await knownPartitions(engine, target);
  const fresh = new Map<string, PartitionPlace>();
  for (const { uri } of await engine.files.below(root)) {
    const folders = uri.slice(root.length).split('/').slice(0, target.keys.length);
    const values = folders.map((folder, i) => valueIn(folder, target.keys[i]!));
    if (values.length < target.keys.length || values.includes(null)) continue;
    const found = { values: values as string[], location: `${root}${folders.join('/')}/` };
    if (!known.some((p) => same(p.values, found.values))) fresh.set(found.location, found);
  }
  const places = [...fresh.values()];
  await engine.catalog.addPartitions(target.database, target.name, target.table, places);
  const shown = places.map((p) => `${target.name}:${p.location.slice(root.length, -1)}`);
  const missing = shown.length === 0 ? [] : [`Partitions not in metastore:\t${shown.join('\t')}`];
  return {
    column: 'result',
    rows: [...missing, ...shown.map((s) => `Repair: Added partition to metastore ${s}`)],
  };
}

function valueIn(folder: string, key: string): string | null {
  const cut = folder.indexOf('=');
  if (cut < 0 || folder.slice(0, cut).toLowerCase() !== key) return null;
  try {
    return decodeURIComponent(folder.slice(cut + 1));
  } catch {
    throw unsupported(`the folder ${folder}`);
  }
}

const same = (a: string[], b: string[]): boolean => a.every((v, i) => v === b[i]);

const knownPartitions = (engine: Engine, { database, name }: Partitioned): Promise<PartitionPlace[]> =>
  engine.catalog.partitions(database, name, undefined);
