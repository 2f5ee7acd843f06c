import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lake, openLake } from './lake.ts';
import { refusals, values } from './says.ts';

// https://trino.io/docs/current/functions/math.html, decimal.html, conversion.html; worked out by hand.

let lake: Lake;
beforeAll(async () => {
  lake = await openLake();
});
afterAll(() => lake.close());
const given = () => lake;

describe('integers', () => {
  values(given, [
    ['7 / 2', '3'],
    ['-7 / 2', '-3'],
    ['7 / -2', '-3'],
    ['-7 % 3', '-1'],
    ['7 % -3', '1'],
    ['mod(-7, 3)', '-1'],
    ['5 / 2e0', '2.5'],
    ['2147483648 / 2', '1073741824'],
    ['-2147483648', '-2147483648'],
    ['1 - -1', '2'],
    ['2 + 3 * 4', '14'],
    ['100 / 10 / 2', '5'],
    ['bitwise_and(12, 10)', '8'],
    ['width_bucket(3.5e0, 0, 10, 5)', '2'],
  ]);
  it('have the types of their size', async () => {
    const sql = 'SELECT 1, 2147483648, -2147483648, CAST(1 AS smallint) + 1, CAST(7 AS bigint) / 2, count(*)';
    const types = (await lake.query(sql)).types;
    expect(types).toEqual(['integer', 'bigint', 'integer', 'integer', 'bigint', 'bigint']);
  });
  refusals(given, [
    ['SELECT 1 / 0', 'DIVISION_BY_ZERO: Division by zero'],
    ['SELECT 1 % 0', 'DIVISION_BY_ZERO: Division by zero'],
    ['SELECT sum(x / (x - x)) FROM (VALUES 1, 2) t(x)', 'DIVISION_BY_ZERO: Division by zero'],
    ['SELECT 2147483647 + 1', /^NUMERIC_VALUE_OUT_OF_RANGE: /],
    ['SELECT 9223372036854775807 + 1', /^NUMERIC_VALUE_OUT_OF_RANGE: /],
    ['SELECT sum(x) FROM (VALUES 9223372036854775807, 1) t(x)', /^NUMERIC_VALUE_OUT_OF_RANGE: /],
    ['SELECT CAST(300 AS tinyint)', /^NUMERIC_VALUE_OUT_OF_RANGE: /],
    ['SELECT 9223372036854775808', /^INVALID_LITERAL: /],
  ]);
});

describe('doubles', () => {
  values(given, [
    ['1e0', '1.0'],
    ['1e7', '1.0E7'],
    ['12345678.9e0', '1.23456789E7'],
    ['1e-4', '1.0E-4'],
    ['0.001e0', '0.001'],
    ['0.1e0 + 0.2e0', '0.30000000000000004'],
    ['1e0 / 0', 'Infinity'],
    ['0e0 / 0', 'NaN'],
    ['CAST(0.1e0 AS real)', '0.1'],
    ['CAST(1 AS real) / 3', '0.33333334'],
    ['CAST(16777217 AS real)', '1.6777216E7'],
    ['CAST(1e1 AS varchar)', '1.0E1'],
    ['round(2.5e0)', '3.0'],
    ['round(-2.5e0)', '-3.0'],
    ['round(12345.678e0, -2)', '12300.0'],
    ['round(15, -1)', '20'],
    ['truncate(-1.7e0)', '-1.0'],
    ['cbrt(27)', '3.0'],
    ['log(2, 8)', '3.0'],
    ['power(2, 10)', '1024.0'],
    ['sqrt(-1)', 'NaN'],
    // NaN is unequal to everything and smaller than nothing.
    ['nan() = nan()', 'false'],
    ['nan() <> nan()', 'true'],
    ['nan() > 1', 'false'],
    ['nan() IS DISTINCT FROM nan()', 'false'],
    ['greatest(nan(), 1e0)', '1.0'],
    ['greatest(1, NULL)', null],
    ['least(3, 2, 5)', '2'],
  ]);
});

describe('decimals', () => {
  values(given, [
    ["DECIMAL '1.50' + DECIMAL '2.25'", '3.75'],
    ["DECIMAL '1.5' * DECIMAL '2.5'", '3.75'],
    ["DECIMAL '10' / DECIMAL '3'", '3'],
    ["DECIMAL '10.00' / DECIMAL '3'", '3.33'],
    ["DECIMAL '20.00' / DECIMAL '3'", '6.67'],
    ["DECIMAL '10' % DECIMAL '3'", '1'],
    ["DECIMAL '1.5' + 1", '2.5'],
    ["1 / DECIMAL '3.00'", '0.33'],
    ["DECIMAL '1.5' / 2e0", '0.75'],
    ['CAST(2.555 AS decimal(10,2))', '2.56'],
    ["CAST('3.14159' AS decimal(5,3))", '3.142'],
    ["CAST(DECIMAL '0.05' AS varchar)", '0.05'],
    ["CAST(DECIMAL '-0.50' AS varchar)", '-0.50'],
    ["round(DECIMAL '2.345', 2)", '2.350'],
    ["round(DECIMAL '-2.5')", '-3'],
    ["floor(DECIMAL '-1.2')", '-2'],
    ["DECIMAL '1.10' = DECIMAL '1.1'", 'true'],
    ['CAST(-2.5 AS integer)', '-3'],
  ]);
  it('keep their digits through sum and avg', async () => {
    const { rows, types } = await lake.query(
      "SELECT sum(x), avg(x), max(x) FROM (VALUES DECIMAL '0.01', DECIMAL '0.02', DECIMAL '0.02') t(x)",
    );
    expect([rows, types]).toEqual([[['0.05', '0.02', '0.02']], ['decimal', 'decimal', 'decimal']]);
  });
  refusals(given, [
    ["SELECT DECIMAL '1' / DECIMAL '0'", 'DIVISION_BY_ZERO: Division by zero'],
    ['SELECT CAST(123456 AS decimal(5,2))', /^INVALID_CAST_ARGUMENT: |^NUMERIC_VALUE_OUT_OF_RANGE: /],
  ]);
});

describe('casts', () => {
  values(given, [
    ["try_cast('12' AS integer)", '12'],
    ["try_cast(' 12' AS integer)", '12'],
    ["try_cast('12.0' AS integer)", null],
    ["try_cast('99999999999' AS integer)", null],
    ["try_cast('1e3' AS double)", '1000.0'],
    ["try_cast('x' AS double)", null],
    ["CAST('T' AS boolean)", 'true'],
    ["try_cast('yes' AS boolean)", null],
    ['CAST(2.5e0 AS bigint)', '3'],
    ['CAST(12 AS varchar(3))', '12'],
    ["CAST('abcdef' AS varchar(3))", 'abc'],
    ["try(CAST('x' AS integer))", null],
    ['try(1 / 0)', null],
    ['CAST(NULL AS integer) / 0', null],
    ["coalesce(try(CAST('x' AS integer)), -1)", '-1'],
    ['CAST(ARRAY[1, 2] AS array(varchar))', '[1, 2]'],
    ["CAST(ROW(1, '2') AS row(a varchar, b integer))", '{a=1, b=2}'],
    ['CAST(NULL AS integer)', null],
    ["real '3.14'", '3.14'],
  ]);
  refusals(given, [
    ["SELECT CAST('x' AS integer)", "INVALID_CAST_ARGUMENT: Cannot cast 'x' to INT"],
    ["SELECT CAST('12.7' AS bigint)", "INVALID_CAST_ARGUMENT: Cannot cast '12.7' to BIGINT"],
    ["SELECT CAST(DATE '2026-01-01' AS integer)", 'TYPE_MISMATCH: line 1:8: Cannot cast date to integer'],
    ['SELECT CAST(12345678 AS varchar(3))', /^INVALID_CAST_ARGUMENT: /],
    ["SELECT CAST('a' AS char(3))", /^NOT_SUPPORTED: .*char/],
  ]);
});

describe('nothing is NULL', () => {
  values(given, [
    ['NULL = NULL', null],
    ['NULL AND false', 'false'],
    ['NULL OR true', 'true'],
    ['1 IN (1, NULL)', 'true'],
    ['2 IN (1, NULL)', null],
    ['2 NOT IN (1, NULL)', null],
    ['NULL IS NOT DISTINCT FROM NULL', 'true'],
    ['nullif(1, 1)', null],
    ['if(NULL, 1, 2)', '2'],
    ['CASE NULL WHEN NULL THEN 1 ELSE 2 END', '2'],
    ['CASE WHEN false THEN 1 END', null],
    ['(1, NULL) = (2, 3)', 'false'],
    ['(1, NULL) = (1, 3)', null],
  ]);
});
