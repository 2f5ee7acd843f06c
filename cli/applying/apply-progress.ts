import type { ObtainedResult } from '../../functions/sessionize/obtain.ts';
import type { Candidate } from '../../shared/lake/candidate.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import type { Release } from '../../shared/lake/releases.ts';
import { unitsWithFacts } from '../../shared/lake/site-index.ts';
import { everySite } from '../../shared/lake/sites.ts';
import { TABLES_OF_EVERY_UNIT } from '../../shared/lake/tables.ts';
import { dollars } from '../amounts.ts';
import type { Output } from '../output.ts';
import type { Spending } from './spending.ts';

/**
 * How far an apply has come: results of its own slices that are there, of those that it needs. Each counts once,
 * however often a function tells of it.
 */
export class ApplyProgress {
  readonly #output: Output;
  readonly #spending: Spending;
  readonly #there = new Set<string>();
  #wanted = new Set<string>();
  #total = 0;

  constructor(output: Output, spending: Spending) {
    this.#output = output;
    this.#spending = spending;
  }

  /** What will be counted. Before it nothing is shown. */
  async expect(lake: Lake, candidate: Candidate, live: Release): Promise<void> {
    const datasets = ['boundaries', ...TABLES_OF_EVERY_UNIT];
    const slices = datasets.map((name) => [name, candidate.slices[name]!] as const);
    const own = slices.filter(([name, slice]) => slice !== live.slices[name]);
    let units = 0;
    for (const site of await everySite(lake)) units += unitsWithFacts(await lake.log(site).read()).length;
    this.#wanted = new Set(own.map(([name, slice]) => `${name} ${slice}`));
    this.#total = units * own.length;
  }

  readonly onResult = ({ site, unit, dataset, slice }: ObtainedResult): void => {
    if (!this.#wanted.has(`${dataset} ${slice}`)) return;
    this.#there.add(`${site} ${unit} ${dataset}`);
    this.#output.progress.show({
      label: 'applying',
      done: this.#there.size,
      total: this.#total,
      unit: 'results',
      aside: dollars(this.#spending.dollars()),
    });
  };
}
