import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseFieldMap } from '../../shared/import/field-map.ts';
import { openInput } from '../../shared/import/input.ts';
import { type ImportOptions, importBatches } from '../../shared/import/rows.ts';
import { SITE } from './reading.ts';

/** Public logs with figures known from elsewhere; they are not part of the repository. */
const DATA =
  process.env.RETCON_SHARED_DATA ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));

async function figures(file: string, options: Omit<ImportOptions, 'site'>) {
  const found = { read: 0, accepted: 0, skipped: 0, rejected: 0 };
  const visitors = new Set<string>();
  const ids = new Set<string>();
  for await (const rows of importBatches(await openInput(file, Readable.from([])), {
    site: SITE,
    ...options,
  })) {
    for (const row of rows) {
      found.read++;
      if ('skipped' in row) found.skipped++;
      else if ('rejected' in row) found.rejected++;
      else {
        found.accepted++;
        visitors.add(row.ok.visitor_id);
        ids.add(row.ok.event_id);
      }
    }
  }
  return { ...found, visitors: visitors.size, ids: ids.size };
}

const ACCESS_LOG = { format: 'combined' } as const;
const WIKIPEDIA = {
  format: 'csv',
  map: parseFieldMap('visitor=uuid,time=timestamp,url=url'),
  timeUnit: 's',
} as const;

test.skipIf(!existsSync(DATA)).each([
  [
    'elastic-apache-2015/apache_logs.gz',
    ACCESS_LOG,
    { read: 10_000, accepted: 3_950, skipped: 6_049, rejected: 1, visitors: 1_279, ids: 3_950 },
  ],
  [
    'bots-hackers-log/hackers-access.log.gz',
    ACCESS_LOG,
    { read: 3_456, accepted: 2_344, skipped: 1_112, rejected: 0, visitors: 646, ids: 2_344 },
  ],
  [
    'wikipedia-reconstructr/events.csv.gz',
    WIKIPEDIA,
    { read: 63_524, accepted: 63_524, skipped: 0, rejected: 0, visitors: 10_000, ids: 63_524 },
  ],
] as const)('%s', async (file, options, expected) => {
  const path = join(DATA, file);
  expect(await figures(path, options)).toEqual(expected);
});
