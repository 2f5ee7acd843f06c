import { afterAll, beforeAll, describe } from 'vitest';
import type { Lake } from './lake.ts';
import { openSample } from './sample.ts';
import { answers, refusals, values } from './says.ts';

// https://trino.io/docs/current/functions/datetime.html; worked out by hand. The clock stands at 2026-11-01 12:00 UTC.

let lake: Lake;
beforeAll(async () => {
  lake = await openSample();
});
afterAll(() => lake.close());
const given = () => lake;

describe('truncating and counting', () => {
  values(given, [
    // 15 March 2026 is a Sunday: its week began on the 9th.
    ["date_trunc('week', DATE '2026-03-15')", '2026-03-09'],
    ["date_trunc('quarter', TIMESTAMP '2026-05-15 10:11:12.345')", '2026-04-01 00:00:00.000'],
    ["date_trunc('hour', TIMESTAMP '2026-03-15 10:11:12')", '2026-03-15 10:00:00'],
    ["date_add('month', 1, DATE '2026-01-31')", '2026-02-28'],
    ["date_add('day', -7, DATE '2026-01-03')", '2025-12-27'],
    ["date_add('second', 90, TIMESTAMP '2026-01-01 00:00:00')", '2026-01-01 00:01:30'],
    ["date_add('millisecond', 1500, TIMESTAMP '2026-01-01 00:00:00.000')", '2026-01-01 00:00:01.500'],
    // Only complete units count.
    ["date_diff('hour', TIMESTAMP '2026-01-01 10:50:00', TIMESTAMP '2026-01-01 11:10:00')", '0'],
    ["date_diff('day', TIMESTAMP '2026-01-01 23:00:00', TIMESTAMP '2026-01-03 22:00:00')", '1'],
    ["date_diff('day', DATE '2026-03-01', DATE '2026-02-01')", '-28'],
    ["date_diff('month', DATE '2026-01-31', DATE '2026-02-28')", '1'],
    ["date_diff('month', DATE '2026-01-30', DATE '2026-02-27')", '0'],
    ["date_diff('week', DATE '2026-01-01', DATE '2026-01-14')", '1'],
    ["DATE '2026-03-31' - INTERVAL '1' MONTH", '2026-02-28'],
    ["DATE '2026-03-01' - DATE '2026-02-01'", '28 00:00:00.000'],
    ["TIMESTAMP '2026-01-01 00:00:00' - INTERVAL '30' MINUTE", '2025-12-31 23:30:00.000'],
    ["INTERVAL '1' DAY + INTERVAL '2' HOUR", '1 02:00:00.000'],
    ["last_day_of_month(DATE '2028-02-05')", '2028-02-29'],
    [
      "sequence(DATE '2026-01-31', DATE '2026-04-30', INTERVAL '1' MONTH)",
      '[2026-01-31, 2026-02-28, 2026-03-31, 2026-04-30]',
    ],
    ["date '2026-01-01' = TIMESTAMP '2026-01-01 00:00:00'", 'true'],
  ]);
  answers(given, [
    [
      "SELECT id, date_diff('second', lag(event_time) OVER (PARTITION BY visitor_id ORDER BY event_time), event_time) FROM events WHERE site = 'shop' AND dt < '2026-03-03' ORDER BY id",
      [
        ['1', null],
        ['2', '600'],
        ['3', '30'],
        ['4', null],
        ['5', '8400'],
        ['6', null],
        ['7', '2700'],
      ],
    ],
    [
      "SELECT date_trunc('day', event_time), count(*) FROM events WHERE site = 'blog' GROUP BY 1 ORDER BY 1",
      [
        ['2026-03-01 00:00:00.000', '1'],
        ['2026-03-02 00:00:00.000', '2'],
        ['2026-03-03 00:00:00.000', '1'],
      ],
    ],
    [
      'SELECT current_date, now(), localtimestamp',
      [['2026-11-01', '2026-11-01 12:00:00.000 UTC', '2026-11-01 12:00:00.000']],
    ],
    ["SELECT count(*) FROM events WHERE event_time > now() - INTERVAL '244' DAY", [['2']]],
  ]);
  refusals(given, [
    [
      "SELECT date_trunc('hour', DATE '2026-01-01')",
      /^INVALID_FUNCTION_ARGUMENT: .*'hour' is not a valid DATE field/,
    ],
    ["SELECT date_trunc('eon', now())", /^INVALID_FUNCTION_ARGUMENT: .*'eon'/],
    ["SELECT DATE '2026-02-30'", "INVALID_LITERAL: line 1:8: '2026-02-30' is not a valid DATE literal"],
    [
      "SELECT DATE '2026-01-01' > '2026-01-01'",
      'TYPE_MISMATCH: line 1:26: Cannot apply operator: date > varchar',
    ],
    ["SELECT DATE '2026-01-01' + INTERVAL '1' HOUR", /^INVALID_FUNCTION_ARGUMENT: Cannot add hour/],
    ["SELECT TIMESTAMP '2026-01-01 00:00:00.123456'", /^NOT_SUPPORTED: .*millisecond/],
  ]);
});

describe('zones', () => {
  values(given, [
    [
      "TIMESTAMP '2026-01-05 10:00:00 UTC' AT TIME ZONE 'America/New_York'",
      '2026-01-05 05:00:00 America/New_York',
    ],
    [
      "at_timezone(TIMESTAMP '2026-07-05 10:00:00 UTC', 'Europe/Berlin')",
      '2026-07-05 12:00:00 Europe/Berlin',
    ],
    [
      "with_timezone(TIMESTAMP '2026-07-05 10:00:00', 'Europe/Berlin') AT TIME ZONE 'UTC'",
      '2026-07-05 08:00:00 UTC',
    ],
    ["date(TIMESTAMP '2026-01-05 23:30:00 UTC' AT TIME ZONE 'Asia/Tokyo')", '2026-01-06'],
    ["from_iso8601_timestamp('2026-01-05T10:00:00+09:00')", '2026-01-05 10:00:00.000 +09:00'],
    ["hour(from_iso8601_timestamp('2026-01-05T10:00:00+09:00'))", '10'],
    ["to_unixtime(from_iso8601_timestamp('1970-01-01T01:00:00+01:00'))", '0.0'],
    ["to_iso8601(TIMESTAMP '2026-01-05 10:00:00 Asia/Tokyo')", '2026-01-05T10:00:00+09:00'],
    ['from_unixtime(1767261600.5e0)', '2026-01-01 10:00:00.500 UTC'],
    // On 29 March clocks go from 2 to 3 in Berlin: that day has 23 hours.
    [
      "date_diff('hour', TIMESTAMP '2026-03-29 00:00:00 Europe/Berlin', TIMESTAMP '2026-03-30 00:00:00 Europe/Berlin')",
      '23',
    ],
    [
      "date_diff('day', TIMESTAMP '2026-03-29 00:00:00 Europe/Berlin', TIMESTAMP '2026-03-30 00:00:00 Europe/Berlin')",
      '1',
    ],
    [
      "date_add('day', 1, TIMESTAMP '2026-03-28 12:00:00 Europe/Berlin')",
      '2026-03-29 12:00:00 Europe/Berlin',
    ],
    ["TIMESTAMP '2026-01-05 10:00:00 UTC' = TIMESTAMP '2026-01-05 11:00:00 Europe/Berlin'", 'true'],
  ]);
  answers(given, [
    [
      "SELECT date(event_time AT TIME ZONE 'Asia/Tokyo') AS day, count(*) FROM events WHERE site = 'shop' GROUP BY 1 ORDER BY 1",
      [
        ['2026-03-01', '3'],
        ['2026-03-02', '4'],
        ['2026-03-03', '1'],
      ],
    ],
    [
      "SELECT x, from_iso8601_timestamp(x) AT TIME ZONE 'UTC' FROM (VALUES '2026-01-05T10:00:00+09:00') t(x)",
      [['2026-01-05T10:00:00+09:00', '2026-01-05 01:00:00.000 UTC']],
    ],
  ]);
  refusals(given, [
    [
      "SELECT now() AT TIME ZONE 'Nowhere/City'",
      "INVALID_FUNCTION_ARGUMENT: line 1:14: 'Nowhere/City' is not a valid time zone",
    ],
    [
      "SELECT from_iso8601_timestamp(x) FROM (VALUES '2026-01-05T10:00:00+09:00') t(x)",
      /^NOT_SUPPORTED: .*AT TIME ZONE/,
    ],
    [
      "SELECT from_iso8601_timestamp('2026-13-01')",
      'INVALID_FUNCTION_ARGUMENT: Invalid format: "2026-13-01"',
    ],
  ]);
});

describe('formats', () => {
  values(given, [
    [
      "format_datetime(TIMESTAMP '2026-01-05 17:08:09.123', 'yyyy-MM-dd''T''HH:mm:ss.SSS')",
      '2026-01-05T17:08:09.123',
    ],
    ["format_datetime(TIMESTAMP '2026-01-05 17:08:09', 'EEE, d MMM yyyy h:mm a')", 'Mon, 5 Jan 2026 5:08 PM'],
    // The 4th of January lies in the first ISO week, the 1st of January 2027 in the 53rd of 2026.
    ["format_datetime(DATE '2027-01-01', 'xxxx-''W''ww')", '2026-W53'],
    ["date_format(TIMESTAMP '2026-01-05 17:08:09', '%Y/%m/%d %H:%i:%s')", '2026/01/05 17:08:09'],
    ["date_format(TIMESTAMP '2026-01-05 17:08:09', '%W %e %M %y %l %p')", 'Monday 5 January 26 5 PM'],
    ["date_parse('05/Jan/2026:17:08', '%d/%b/%Y:%H:%i')", '2026-01-05 17:08:00.000'],
    ["date_parse('20260105', '%Y%m%d')", '2026-01-05 00:00:00.000'],
    ["parse_datetime('2026-01-05 07:08', 'yyyy-MM-dd HH:mm')", '2026-01-05 07:08:00.000 UTC'],
    ["day_of_week(DATE '2026-01-04')", '7'],
    ["extract(DOW FROM DATE '2026-01-04')", '7'],
    ["week(DATE '2027-01-01')", '53'],
    ["year_of_week(DATE '2027-01-01')", '2026'],
    ["millisecond(TIMESTAMP '2026-01-01 00:00:00.045')", '45'],
    ["CAST(TIMESTAMP '2026-01-05 10:00:00.10' AS varchar)", '2026-01-05 10:00:00.10'],
    ["CAST('2026-01-05 10:00:00.9996' AS timestamp)", '2026-01-05 10:00:01.000'],
  ]);
  refusals(given, [
    ["SELECT date_parse('2026-13-05', '%Y-%m-%d')", /^INVALID_FUNCTION_ARGUMENT: Invalid format/],
    ["SELECT date_parse('2026-01-05x', '%Y-%m-%d')", /^INVALID_FUNCTION_ARGUMENT: Invalid format/],
    ["SELECT format_datetime(now(), 'G')", /^NOT_SUPPORTED: .*G in format_datetime/],
  ]);
});
