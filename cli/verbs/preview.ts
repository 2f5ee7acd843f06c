import type { Preview } from '../../functions/publish/comparison/preview.ts';
import type { ComparedRange } from '../../functions/publish/comparison/range.ts';
import type { WorkingLake } from '../../local/working-lake.ts';
import { RetconError } from '../../shared/core/errors.ts';
import type { Verb, VerbContext } from '../verb.ts';

export const verb: Verb = {
  name: 'preview',
  summary: 'what the edited files would change, computed exactly and shown to nobody',
  details:
    'The sessions of the edited definition are computed beside the live ones and compared with them. Readers see nothing of it, and apply computes none of it again. Totals count what the table sessions would hold.',
  options: {
    from: { type: 'string', value: 'D', help: 'first local day that is compared' },
    to: { type: 'string', value: 'D', help: 'last local day that is compared' },
    site: { type: 'string', value: 'S', help: 'one site only' },
    html: { type: 'string', value: 'FILE', help: 'write a page with charts that stands alone' },
  },
  examples: ['retcon preview', 'retcon preview --from 2026-03-01 --to 2026-03-31 --html preview.html'],
  run,
};

/** How often a preview is begun again because events arrived meanwhile. */
const ATTEMPTS = 5;

async function run(context: VerbContext): Promise<number | undefined> {
  const { output, options, home, dir, io } = context;
  const { rangeOptions, rangeWithData } = await import('../preview-range.ts');
  const asked = rangeOptions(options);
  const { openHome } = await import('../home.ts');
  const { openWorkspace, siteNamed } = await import('../workspace.ts');
  const { proposeWorkspace } = await import('../propose-workspace.ts');
  const { loggerFor, workDone } = await import('../work.ts');
  const { reconcile } = await import('../reconcile.ts');
  const lake = await openHome(home, { log: loggerFor(output) });
  try {
    const workspace = await openWorkspace(lake, dir);
    if (asked.site !== null) siteNamed(workspace, asked.site);
    const started = lake.clock.now();
    await reconcile(lake);
    if (workDone(await lake.runtime.drain()).failed)
      output.note('some pending work could not be done: retcon status');
    const proposal = await proposeWorkspace(lake.lake, dir, workspace);
    if (proposal === null) {
      output.result(
        { changes: [], totals: {}, days: [], channels: [] },
        'nothing to preview: the files say what is live',
      );
      return undefined;
    }
    const range = await rangeWithData(lake.lake, asked);
    output.progress.show({ label: 'computing sessions', done: 0, total: null, unit: 'sites' });
    const preview = await computed(lake, proposal.id, range);
    output.progress.clear();
    const cost = await costOf(lake, preview, proposal.slices, started);
    const html = options.text('html');
    if (html !== null) await writePage(io.cwd, html, preview);
    const { previewText } = await import('../preview-text.ts');
    const text = previewText(preview, output.style, cost.words);
    const { changes, range: compared, ...rest } = preview;
    output.result(
      { changes, ...compared, ...rest, cost: cost.numbers },
      html === null ? text : `${text}\nthe page: ${html}`,
    );
    return undefined;
  } finally {
    await lake.close();
  }
}

/** Has the proposal looked at until both sides hold the same events. */
async function computed(lake: WorkingLake, proposal: string, range: ComparedRange): Promise<Preview> {
  const { previewOf } = await import('../../functions/publish/comparison/preview-of.ts');
  const { daysAround } = await import('../../functions/publish/comparison/range.ts');
  const { lookDetail } = await import('../../shared/envelopes/events.ts');
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const detail = lookDetail({ proposal, range: daysAround(range) });
    await lake.bus.announce(
      range.sites.map((site) => ({ type: 'Definition Changed', detail: { ...detail, site } })),
    );
    await lake.runtime.drain();
    const preview = await previewOf(lake, proposal, range);
    if (preview !== 'waiting') return preview;
  }
  throw new RetconError('moving', 'events keep arriving, or some site can not be computed', {
    fix: 'see retcon status; or preview days that have passed (--to)',
  });
}

/** What it took: results made since the start, time, and what the comparison read. */
async function costOf(
  lake: WorkingLake,
  { asked, at, range }: Preview,
  slices: Record<string, string>,
  started: number,
) {
  const made: Record<string, number> = { boundaries: 0, sessions: 0 };
  for (const site of range.sites) {
    for (const { results } of Object.values((await lake.lake.log(site).read()).units)) {
      for (const dataset of ['boundaries', 'sessions'] as const) {
        const ref = results[dataset]?.[slices[dataset]!];
        if (ref && ref.made_at >= started) made[dataset]!++;
      }
    }
  }
  const seconds = (lake.clock.now() - started) / 1000;
  const days = `${made['boundaries']} days of boundaries and ${made['sessions']} of sessions computed`;
  const compared = Date.parse(at) < started ? 'compared before' : `${asked.queries} queries`;
  const read = `${compared}, ${(asked.bytes_scanned / 1e6).toFixed(1)} MB read`;
  return {
    numbers: { seconds, computed: made, ...asked },
    words: `${days}, ${read}, ${seconds.toFixed(1)} s. Nothing has changed: retcon apply makes it so.`,
  };
}

async function writePage(cwd: string, file: string, preview: Preview): Promise<void> {
  const { resolve } = await import('node:path');
  const { writeFile } = await import('node:fs/promises');
  const { previewPage } = await import('../../functions/publish/comparison/html/page.ts');
  try {
    await writeFile(resolve(cwd, file), previewPage(preview));
  } catch (cause) {
    throw new RetconError('cannot_write', `${file} can't be written: ${(cause as Error).message}`, {
      exit: 2,
      field: 'html',
      cause,
    });
  }
}
