import type { Plan } from '../functions/sessionize/planning/plan.ts';
import type { Stale } from '../functions/sessionize/planning/stale.ts';
import { groupBy } from '../shared/core/group-by.ts';
import { changeWords } from '../shared/lake/changes.ts';
import { bytes, count, dollars } from './amounts.ts';
import { duration } from './progress.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';
import { onOneLine } from './text-width.ts';

/** A plan for people: what changes, what is stale and why, what it costs, what to do next. */
export function planText(plan: Plan, style: Style, next: string): string {
  if (plan.changes.length === 0)
    return `nothing to do: what readers see is what is proposed (release ${plan.base})`;
  const lines = [
    style.bold(`Changes against release ${plan.base}`),
    '',
    ...changeWords(plan.changes).map((words) => change(words, style)),
  ];
  if (plan.stale.length === 0) {
    return [...lines, '', 'No row changes: nothing is computed.', next].join('\n');
  }
  const datasets = Object.keys(plan.at_most);
  const rows = datasets.map((name) => [
    name,
    ...[plan.certain, plan.at_most, plan.untouched].map((counts) => count(counts[name] ?? 0)),
    plan.reusable[name] ? count(plan.reusable[name]) : '',
  ]);
  const columns = ['certain', 'at most', 'untouched', 'there already'].map((name) => ({
    name,
    align: 'right' as const,
  }));
  lines.push('', ...dressed(table(['results of', ...columns], rows), style));
  lines.push('', style.bold('Stale, and why'), '', ...staleLines(plan.stale));
  const { read, written } = plan.bytes;
  lines.push(
    '',
    `Reads ${bytes(read)} of facts and writes up to ${bytes(written)}.`,
    `At most ${style.bold(`some ${duration(plan.estimate.seconds)}`)} on this machine; on AWS ${style.bold(dollars(plan.estimate.usd))}.`,
    '',
    `Nothing has been computed. ${next}`,
  );
  return lines.join('\n');
}

function change(words: string, style: Style): string {
  const text = onOneLine(words);
  if (/\b(added|also|new)\b/.test(text)) return `  ${style.green('+')} ${text}`;
  if (/\b(gone|without)\b/.test(text)) return `  ${style.red('-')} ${text}`;
  return `  ${style.yellow('~')} ${text}`;
}

/** The table's head set back, and the rows in which nothing happens. */
function dressed(text: string, style: Style): string[] {
  const lines = text.trimEnd().split('\n');
  return lines.map((line, i) => (i < 2 || /^\S+\s+0\s+0\s/.test(line) ? style.dim(line) : line));
}

const SITES_NAMED = 3;

/** One line for each dataset and reason, over all sites. */
function staleLines(stale: readonly Stale[]): string[] {
  const groups = groupBy(stale, ({ dataset, reason, certain }) => JSON.stringify([dataset, reason, certain]));
  const rows = [...groups.values()].map((ranges) => {
    const [{ dataset, reason, certain }] = ranges as [Stale];
    const sites = [...new Set(ranges.map(({ site }) => site))];
    const results = ranges.reduce((sum, range) => sum + range.count, 0);
    const days = ranges.flatMap(({ from, to }) => (from === null ? [] : [from, to!])).sort();
    const where = sites.length <= SITES_NAMED ? sites.join(', ') : `${sites.length} sites`;
    const when = days.length === 0 ? '' : `${days[0]} .. ${days.at(-1)}`;
    return [
      dataset,
      where === '*' ? 'all sites' : where,
      when,
      `${certain ? '' : 'up to '}${count(results)}`,
      reason,
    ];
  });
  return table(['', '', '', { name: '', align: 'right' }, ''], rows)
    .trimEnd()
    .split('\n')
    .slice(2)
    .map((line) => `  ${line}`);
}
