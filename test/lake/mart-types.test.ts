import { expect, it } from 'vitest';
import { keptType, prestoType } from '../../functions/publish/mart-types.ts';

// Hive's names as CREATE TABLE AS leaves them (docs.aws.amazon.com/athena/latest/ug/data-types.html), Trino's beside.
it.each([
  ['string', 'varchar'],
  ['int', 'integer'],
  ['float', 'real'],
  ['binary', 'varbinary'],
  ['timestamp', 'timestamp(3)'],
  ['decimal(10,2)', 'decimal(10,2)'],
  ['array<int>', 'array(integer)'],
  ['map<string,array<timestamp>>', 'map(varchar, array(timestamp(3)))'],
  ['struct<name:string,at:array<struct<n:int>>>', 'row("name" varchar, "at" array(row("n" integer)))'],
])('%s is %s in a view', (hive, presto) => {
  expect(prestoType(hive)).toBe(presto);
});

it('text has no length in a mart, at any depth', () => {
  expect(keptType('varchar(15)')).toBe('string');
  expect(keptType('map<varchar(1),array<char(3)>>')).toBe('map<string,array<string>>');
  expect(keptType('decimal(10,2)')).toBe('decimal(10,2)');
});
