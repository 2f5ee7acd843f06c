import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acceptedFrom, importFile } from '../../cli/import-files.ts';
import { type LocalLake, type LocalLakeOptions, openLocalLake } from '../../local/lake.ts';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import type { LandingRecord } from '../../shared/core/event/types.ts';
import type { Site } from '../../shared/core/site.ts';
import { parseSite } from '../../shared/core/site-file.ts';
import { unitOf } from '../../shared/core/unit.ts';
import type { ImportOptions } from '../../shared/import/rows.ts';
import { ensureRelease } from '../../shared/lake/first-release.ts';
import { writeBatch } from '../../shared/lake/landing-batch.ts';
import { openSite } from '../../shared/lake/opening.ts';
import { storeSite } from '../../shared/lake/sites.ts';

export interface TestLake {
  lake: LocalLake;
  site: Site;
  home: string;
  import(path: string, options: Omit<ImportOptions, 'site'>): Promise<{ accepted: number }>;
  land(records: LandingRecord[]): Promise<void>;
  drain(): Promise<void>;
  rows(sql: string): Promise<(string | null)[][]>;
  /** Digest of every unit's sessions and events. */
  digests(): Promise<Record<string, string>>;
  close(): Promise<void>;
}

/** A lake of one site in a folder of its own. `site` and `definition` as in their files. */
export async function openTestLake(
  site: string,
  definition = '',
  options: Partial<LocalLakeOptions> = {},
  marts: Record<string, string> = {},
): Promise<TestLake> {
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'retcon-test-'));
  const errors: string[] = [];
  const warnings: string[] = [];
  const log = {
    info: () => {},
    warn: (message: string, about?: Record<string, unknown>) => {
      warnings.push(`${message} ${JSON.stringify(about)}`);
    },
    error: (message: string, about?: Record<string, unknown>) => {
      errors.push(`${message} ${JSON.stringify(about)}`);
    },
  };
  const lake = await openLocalLake({ home, log, ...options });
  const name = /^site: (\S+)/m.exec(site)![1]!;
  const parsed = parseSite(site, `sites/${name}.yaml`);
  await storeSite(lake.lake, parsed);
  await ensureRelease(lake.lake, lake.bus, parseDefinition(definition, 'default.yaml'), marts, 'test');
  const { day_offset_minutes } = await openSite(lake.lake, parsed);
  let batches = 0;
  const drain = async (): Promise<void> => {
    const report = await lake.runtime.drain();
    const gaveUp = Object.entries(report).filter(([, queue]) => queue.deadLettered > 0);
    if (gaveUp.length > 0)
      throw new Error(`gave up: ${gaveUp.map(([queue]) => queue).join(', ')}: ${warnings[0]}`);
    if (errors.length > 0) throw new Error(errors.join('\n'));
  };
  return {
    lake,
    site: parsed,
    home,
    drain,
    async import(path, reading) {
      const counts = await importFile(lake.lake, parsed, path, process.stdin, reading);
      await drain();
      return { accepted: await acceptedFrom(lake.lake, name, counts) };
    },
    async land(records) {
      await writeBatch(lake.objects, {
        now: lake.clock.now(),
        digest: `${batches++}`.padStart(16, '0'),
        records,
        rejected: [],
        unitOf: (record) => unitOf(record.event_time, day_offset_minutes),
      });
    },
    rows: async (sql) => (await lake.queries.query(sql)).rows,
    async digests() {
      const { units } = await lake.lake.log(name).read();
      const found: Record<string, string> = {};
      for (const [unit, { results }] of Object.entries(units)) {
        for (const dataset of ['sessions', 'events'] as const) {
          for (const ref of Object.values(results[dataset] ?? {})) found[`${unit} ${dataset}`] = ref.digest;
        }
      }
      return Object.fromEntries(Object.entries(found).sort());
    },
    async close() {
      await lake.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
