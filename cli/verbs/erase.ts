import { badInput } from '../../shared/core/errors.ts';
import { bytes, count } from '../amounts.ts';
import type { Receipt } from '../erasing/erase-visitor.ts';
import type { Verb, VerbContext } from '../verb.ts';

export const verb: Verb = {
  name: 'erase',
  summary: 'remove a visitor from everything that the lake holds, for good',
  details:
    'What was landed, facts, every release, marts, refused events, previews and results of queries. Nothing brings it back, not even the same import. What the visitor sends from now on is new. Every object of the site is read. The receipt names the visitor by a hash alone.',
  options: {
    site: { type: 'string', value: 'S', required: true, help: 'the site that knows the visitor' },
    visitor: { type: 'string', value: 'ID', required: true, help: 'its visitor_id, whole' },
    'dry-run': { type: 'boolean', help: 'say what would go, and change nothing' },
    yes: { type: 'boolean', help: 'go on without the question' },
  },
  examples: [
    'retcon erase --site shop --visitor 9f86d081884c7d659a2feaa0c55ad015 --dry-run',
    'retcon erase --site shop --visitor 9f86d081884c7d659a2feaa0c55ad015 --yes',
  ],
  run,
};

async function run(context: VerbContext): Promise<undefined> {
  const { output, home, options } = context;
  const site = options.text('site')!;
  const visitor = options.text('visitor')!;
  if (visitor === '') {
    throw badInput('no_visitor', 'the visitor has no id', {
      field: 'visitor',
      fix: 'name a visitor_id, as retcon query shows it',
    });
  }
  const { userInfo } = await import('node:os');
  const { openHome } = await import('../home.ts');
  const { confirm } = await import('../applying/confirm.ts');
  const { eraseVisitor, lookForVisitor } = await import('../erasing/erase-visitor.ts');
  const { loggerFor } = await import('../work.ts');
  const { everySite } = await import('../../shared/lake/sites.ts');
  const lake = await openHome(home, { log: loggerFor(output) });
  try {
    const sites = await everySite(lake.lake);
    if (!sites.includes(site)) {
      throw badInput('unknown_site', `this lake has no site "${site}"`, {
        field: 'site',
        fix: sites.length === 0 ? 'it has none yet' : `it has ${sites.join(', ')}`,
      });
    }
    const erasing = { site, visitor, who: userInfo().username };
    const found = await lookForVisitor(lake, erasing);
    if (options.flag('dry-run')) {
      output.result(found, words(found, 'would go'));
      return undefined;
    }
    output.say(`${words(found, 'will go')}\n`);
    await confirm(context, `Erase this visitor of ${site} for good?`);
    const receipt = await eraseVisitor(lake, erasing);
    output.result(receipt, words(receipt, 'removed'));
    return undefined;
  } finally {
    await lake.close();
  }
}

function words({ removed, mentions, waiting, unreadable, ...receipt }: Receipt, gone: string): string {
  const files = Object.entries(removed.files).map(
    ([prefix, sum]) => `  ${prefix.padEnd(10)} ${count(sum.objects)} files, ${bytes(sum.bytes)}`,
  );
  const lines = [
    `${gone}: ${count(removed.facts)} events in ${count(removed.units.length)} days, ${count(removed.landed_lines)} landed lines in ${count(removed.landing_objects)} objects, ${count(removed.refused_lines)} refused events`,
    ...files,
  ];
  if (mentions.length > 0) lines.push(`named elsewhere, and left as it is: ${mentions.join(', ')}`);
  if (waiting.length > 0)
    lines.push(`the visitor came again meanwhile: ${waiting.length} files go with retcon gc`);
  if (unreadable.length > 0) lines.push(`can't be read, so nobody knows: ${unreadable.join(', ')}`);
  if (receipt.finished) lines.push(`receipt ${receipt.visitor}, ${receipt.finished}`);
  return lines.join('\n');
}
