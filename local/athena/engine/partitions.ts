import type { Table } from '@aws-sdk/client-glue';
import { needed } from '../dialect/analyze/prune.ts';
import type { Predicate, Scan } from '../dialect/analyze/value.ts';
import type { Catalog } from './catalog.ts';
import { refuseProjection } from './external-table.ts';
import { readHiveType } from './hive.ts';
import { NULL_PARTITION } from './stored-rows.ts';

export interface Place {
  location: string;
  /** The partition's values by column, as the catalog writes them. */
  values: Record<string, string | null>;
}

/** The places that a scan has to read: partitions that its predicates don't rule out, or the whole table. */
export async function placesOf(scan: Scan, table: Table, catalog: Catalog): Promise<Place[]> {
  const keys = (table.PartitionKeys ?? []).map((k) => ({
    name: (k.Name ?? '').toLowerCase(),
    type: readHiveType(k.Type ?? 'string').kind,
  }));
  refuseProjection(table.Parameters);
  if (keys.length === 0) {
    const reads = needed(scan, {}, {});
    return reads ? [{ location: table.StorageDescriptor?.Location ?? '', values: {} }] : [];
  }
  const types = Object.fromEntries(keys.map((k) => [k.name, k.type]));
  const texts = new Set(keys.filter((k) => k.type === 'varchar').map((k) => k.name));
  const partitions = await catalog.partitions(scan.database, scan.table, expression(scan, texts));
  return partitions
    .map((p) => ({
      location: p.location,
      values: Object.fromEntries(
        keys.map((k, i) => [k.name, p.values[i] === NULL_PARTITION ? null : (p.values[i] ?? null)]),
      ),
    }))
    .filter((p) => needed(scan, p.values, types));
}

/** The part of the predicates that the catalog itself can judge: `slice = 'x' AND site = 'shop'`. */
function expression(scan: Scan, texts: Set<string>): string | undefined {
  const parts = scan.predicates.flatMap((p) => equality(p, scan, texts));
  return parts.length === 0 ? undefined : [...new Set(parts)].join(' AND ');
}

function equality(p: Predicate, scan: Scan, texts: Set<string>): string[] {
  if (p.kind === 'and') return p.parts.flatMap((part) => equality(part, scan, texts));
  if (p.kind !== 'compare' || p.op !== '=' || typeof p.value !== 'string') return [];
  const column = p.column.find((o) => o.scan === scan)?.column;
  if (column === undefined || !texts.has(column) || !/^[\w.:/ +-]*$/.test(p.value) || !/^\w+$/.test(column))
    return [];
  return [`${column} = '${p.value}'`];
}
