import { badInput } from '../../shared/core/errors.ts';
import { READING_OPTIONS, readingOf } from '../import-arguments.ts';
import type { ImportCounts } from '../import-files.ts';
import type { Verb, VerbContext } from '../verb.ts';

export const verb: Verb = {
  name: 'import',
  summary: 'bring history in from access logs, CSV or NDJSON',
  arguments: [
    { name: 'FILE', required: true, many: true, help: 'files, .gz or .zst too; - is standard input' },
  ],
  options: {
    site: { type: 'string', value: 'S', required: true, help: 'the site that the events belong to' },
    ...READING_OPTIONS,
    'no-run': { type: 'boolean', help: 'only land the events; retcon run does the rest' },
  },
  details: 'The same file again adds nothing: a row without an id gets one from its content.',
  examples: [
    'retcon import access.log.gz --site shop --format combined',
    'retcon import visits.csv --site shop --format csv --map visitor=uuid,time=timestamp,url=url --time-unit s',
  ],
  run,
};

async function run({
  io,
  output,
  home,
  dir,
  positionals,
  options,
}: VerbContext): Promise<number | undefined> {
  const { format, ...reading } = readingOf(options);
  if (format === null) {
    throw badInput('no_format', 'import needs to know the format', {
      field: 'format',
      fix: 'add --format combined, csv or ndjson',
    });
  }
  const { resolve } = await import('node:path');
  const { openLake } = await import('../home.ts');
  const { openWorkspace, readWorkspace, siteNamed } = await import('../workspace.ts');
  const { acceptedFrom, importFile } = await import('../import-files.ts');
  const { loggerFor, noteWaiting, workDone } = await import('../work.ts');
  siteNamed(await readWorkspace(dir), options.text('site')!);
  const lake = await openLake(home, { log: loggerFor(output) });
  try {
    const workspace = await openWorkspace(lake, dir);
    noteWaiting(output, workspace.waiting);
    const site = siteNamed(workspace, options.text('site')!);
    const files: ImportCounts[] = [];
    for (const path of positionals) {
      const from = path === '-' ? path : resolve(io.cwd, path);
      const progress = (rows: number) =>
        output.progress.show({ label: path, done: rows, total: null, unit: 'rows' });
      files.push(
        await importFile(lake.lake, site, from, io.stdin as never, { format, ...reading }, progress),
      );
    }
    const total = sum(files);
    let duplicate: number | null = null;
    let accepted = total.landed;
    let failed = false;
    if (!options.flag('no-run')) {
      output.progress.show({ label: 'compacting', done: 0, total: null, unit: 'batches' });
      const report = await lake.runtime.drain();
      failed = workDone(report).failed;
      accepted = 0;
      for (const file of files) accepted += await acceptedFrom(lake.lake, site.site, file);
      duplicate = total.landed - accepted;
    }
    output.progress.clear();
    const { read, skipped, rejected, reasons } = total;
    output.result(
      { read, accepted, duplicate, skipped, rejected, reasons },
      words({ ...total, accepted, duplicate }),
    );
    return failed ? 1 : undefined;
  } finally {
    await lake.close();
  }
}

function sum(files: readonly ImportCounts[]): ImportCounts {
  const total: ImportCounts = { read: 0, landed: 0, skipped: 0, rejected: 0, reasons: {}, objects: [] };
  for (const file of files) {
    total.read += file.read;
    total.landed += file.landed;
    total.skipped += file.skipped;
    total.rejected += file.rejected;
    for (const [reason, n] of Object.entries(file.reasons))
      total.reasons[reason] = (total.reasons[reason] ?? 0) + n;
  }
  return total;
}

function words(total: ImportCounts & { accepted: number; duplicate: number | null }): string {
  const lines = [
    `${total.read} rows read, ${total.accepted} ${total.duplicate === null ? 'landed' : 'new events'}`,
  ];
  if (total.duplicate) lines.push(`${total.duplicate} were there already`);
  for (const [reason, n] of Object.entries(total.reasons)) lines.push(`${n} ${reason}`);
  return lines.join('\n');
}
