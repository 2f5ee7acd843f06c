import { AwsError } from '../errors.ts';
import { ACCOUNT } from '../identity.ts';
import type { Input, Operation } from '../json.ts';
import {
  type Catalog,
  type Definition,
  type Partition,
  partitionKey,
  type State,
  sortedPartitions,
  type Table,
  tableIn,
} from './catalog.ts';
import { compileExpression, type PartitionColumn } from './expression.ts';
import { limited, nameOf, read, valuesOf } from './parameters.ts';

interface ItemError {
  values: string[];
  code: string;
  message: string;
}

const BATCH = 100;
const BATCH_DELETE = 25;
const BATCH_GET = 1000;

/** Partitions, one by one and in batches whose items fail one by one. */
export function partitionOperations(catalog: Catalog, seconds: () => number): Record<string, Operation> {
  const target = ['CatalogId', 'DatabaseName', 'TableName'];
  return {
    CreatePartition: {
      accepts: [...target, 'PartitionInput'],
      run(input) {
        const [error] = create(catalog, input, [read.record(input, 'PartitionInput')], seconds());
        if (error) throw new AwsError(error.code, error.message);
      },
    },
    BatchCreatePartition: {
      accepts: [...target, 'PartitionInputList'],
      run(input) {
        const errors = create(catalog, input, limited(input, 'PartitionInputList', BATCH), seconds());
        return errors.length > 0 ? { Errors: errors.map(partitionError) } : {};
      },
    },
    UpdatePartition: {
      accepts: [...target, 'PartitionValueList', 'PartitionInput'],
      run(input) {
        const [error] = update(catalog, input, [input], seconds());
        if (error) throw new AwsError(error.code, error.message);
      },
    },
    BatchUpdatePartition: {
      accepts: [...target, 'Entries'],
      run(input) {
        const errors = update(catalog, input, limited(input, 'Entries', BATCH), seconds());
        return errors.length > 0
          ? {
              Errors: errors.map(({ values, code, message }) => ({
                PartitionValueList: values,
                ...detail(code, message),
              })),
            }
          : {};
      },
    },
    DeletePartition: {
      accepts: [...target, 'PartitionValues'],
      run(input) {
        const [error] = remove(catalog, input, [valuesOf(input, 'PartitionValues')]);
        if (error) throw new AwsError(error.code, error.message);
      },
    },
    BatchDeletePartition: {
      accepts: [...target, 'PartitionsToDelete'],
      run(input) {
        const lists = limited(input, 'PartitionsToDelete', BATCH_DELETE).map((one) =>
          valuesOf(one, 'Values'),
        );
        const errors = remove(catalog, input, lists);
        return errors.length > 0 ? { Errors: errors.map(partitionError) } : {};
      },
    },
    GetPartition: {
      accepts: [...target, 'PartitionValues'],
      run(input) {
        const table = tableOf(catalog.read(), input);
        const values = valuesOf(input, 'PartitionValues');
        checkCount(table, values);
        const found = table.partitions.get(partitionKey(values));
        if (!found) throw new AwsError('EntityNotFoundException', 'Cannot find partition.');
        return { Partition: show(table, found, false) };
      },
    },
    BatchGetPartition: {
      accepts: [...target, 'PartitionsToGet'],
      run(input) {
        const table = tableOf(catalog.read(), input);
        const lists = limited(input, 'PartitionsToGet', BATCH_GET).map((one) => valuesOf(one, 'Values'));
        const found = lists.map((values) => table.partitions.get(partitionKey(values)));
        return {
          Partitions: found.filter((one) => one !== undefined).map((one) => show(table, one, false)),
          UnprocessedKeys: [],
        };
      },
    },
    GetPartitions: {
      accepts: [...target, 'Expression', 'NextToken', 'MaxResults', 'ExcludeColumnSchema'],
      run: (input) => getPartitions(tableOf(catalog.read(), input), input),
    },
  };
}

function tableOf(state: Readonly<State>, input: Input): Table {
  return tableIn(state, nameOf(input, 'DatabaseName'), nameOf(input, 'TableName'));
}

function create(catalog: Catalog, input: Input, items: Input[], now: number): ItemError[] {
  return catalog.change((state) => {
    const table = tableOf(state, input);
    const put: Partition[] = [];
    const errors: ItemError[] = [];
    const seen = new Set<string>();
    for (const definition of items) {
      const values = valuesOf(definition, 'Values');
      checkCount(table, values);
      const key = partitionKey(values);
      if (table.partitions.has(key) || seen.has(key)) {
        errors.push({ values, code: 'AlreadyExistsException', message: 'Partition already exists.' });
      } else put.push({ values, definition, created: now });
      seen.add(key);
    }
    return change(table, put, [], errors);
  });
}

function update(catalog: Catalog, input: Input, items: Input[], now: number): ItemError[] {
  return catalog.change((state) => {
    const table = tableOf(state, input);
    const put: Partition[] = [];
    const drop: string[][] = [];
    const errors: ItemError[] = [];
    for (const item of items) {
      const old = valuesOf(item, 'PartitionValueList');
      const definition = read.record(item, 'PartitionInput');
      const values = definition.Values === undefined ? old : valuesOf(definition, 'Values');
      checkCount(table, old);
      checkCount(table, values);
      const there = table.partitions.get(partitionKey(old));
      const moved = partitionKey(old) !== partitionKey(values);
      if (!there) {
        errors.push({ values: old, code: 'EntityNotFoundException', message: 'Cannot find partition.' });
      } else if (moved && table.partitions.has(partitionKey(values))) {
        errors.push({ values: old, code: 'AlreadyExistsException', message: 'Partition already exists.' });
      } else {
        if (moved) drop.push(old);
        put.push({ values, definition: { ...definition, Values: values }, created: there.created ?? now });
      }
    }
    return change(table, put, drop, errors);
  });
}

function remove(catalog: Catalog, input: Input, lists: string[][]): ItemError[] {
  return catalog.change((state) => {
    const table = tableOf(state, input);
    const there = (values: string[]): boolean => table.partitions.has(partitionKey(values));
    const errors = lists
      .filter((values) => !there(values))
      .map((values) => ({ values, code: 'EntityNotFoundException', message: 'Cannot find partition.' }));
    return change(table, [], lists.filter(there), errors);
  });
}

function change(
  table: Table,
  put: Partition[],
  drop: string[][],
  errors: ItemError[],
): { entry?: { partitions: [string, string]; put: Partition[]; drop: string[][] }; result: ItemError[] } {
  if (put.length === 0 && drop.length === 0) return { result: errors };
  return { entry: { partitions: [table.database, table.name], put, drop }, result: errors };
}

function getPartitions(table: Table, input: Input): unknown {
  const most = read.maybeWhole(input, 'MaxResults', 1, 1000) ?? 1000;
  const expression = read.maybeText(input, 'Expression');
  const test =
    expression === undefined || expression.trim() === ''
      ? () => true
      : compileExpression(expression, partitionColumns(table));
  const token = read.maybeText(input, 'NextToken');
  const { order, at } = sortedPartitions(table);
  const found: Definition[] = [];
  let last: string | undefined;
  for (let i = token === undefined ? 0 : firstAfter(order, token); i < order.length; i++) {
    const key = order[i] as string;
    const partition = at(key);
    if (!test(partition.values)) continue;
    if (found.length === most) return { Partitions: found, NextToken: last };
    found.push(show(table, partition, input.ExcludeColumnSchema === true));
    last = key;
  }
  return { Partitions: found };
}

/** The index of the first key after `token`. */
function firstAfter(order: readonly string[], token: string): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((order[middle] as string) > token) high = middle;
    else low = middle + 1;
  }
  return low;
}

function keysOf(table: Table): Definition[] {
  const keys = table.definition.PartitionKeys;
  return Array.isArray(keys) ? (keys as Definition[]) : [];
}

function partitionColumns(table: Table): PartitionColumn[] {
  return keysOf(table).map((key) => ({
    name: String(key.Name).toLowerCase(),
    numeric: /^(tinyint|smallint|int|integer|bigint|long|decimal|float|double)\b/i.test(String(key.Type)),
  }));
}

function checkCount(table: Table, values: readonly string[]): void {
  const wanted = keysOf(table).length;
  if (values.length !== wanted) {
    throw new AwsError(
      'InvalidInputException',
      `The number of partition keys do not match the number of partition values: ${wanted} and ${values.length}.`,
    );
  }
}

function show(table: Table, { values, definition, created }: Partition, withoutColumns: boolean): Definition {
  const shown: Definition = {
    ...definition,
    Values: values,
    DatabaseName: table.database,
    TableName: table.name,
    CreationTime: created,
    CatalogId: ACCOUNT,
  };
  if (withoutColumns && typeof definition.StorageDescriptor === 'object') {
    const { Columns: _, ...rest } = definition.StorageDescriptor as Definition;
    shown.StorageDescriptor = rest;
  }
  return shown;
}

function detail(code: string, message: string): Definition {
  return { ErrorDetail: { ErrorCode: code, ErrorMessage: message } };
}

function partitionError({ values, code, message }: ItemError): Definition {
  return { PartitionValues: values, ...detail(code, message) };
}
