import { loadWave } from '../../functions/sessionize/waves.ts';
import { targetId } from '../../shared/lake/candidate.ts';
import { waveDonePrefix, wavePrefix } from '../../shared/lake/keys.ts';
import { readState } from '../../shared/lake/mart-state.ts';
import type { Proposal } from '../../shared/lake/proposals.ts';
import type { Dataset, SiteIndex } from '../../shared/lake/site-index.ts';
import { TABLES_OF_EVERY_UNIT } from '../../shared/lake/tables.ts';
import type { WorkingLake } from '../working-lake.ts';
import { resultCost } from './result-cost.ts';

/** How far a proposal that is being applied has come. */
export interface ApplyProgress {
  id: string;
  who: string;
  why: string;
  changes: string[];
  /** When it was started, ISO. */
  at: string;
  max_cost: number | null;
  /** Results, one for each dataset and day. */
  wanted: number;
  /** Those that stood before it was started, and were taken as they are. */
  reused: number;
  computed: number;
  /** About what was spent on those that were computed, dollars at AWS prices. */
  usd: number;
  datasets: { dataset: string; wanted: number; done: number }[];
  sites: { whole: number; all: number };
  marts: { built: number; all: number };
  /** Results a second, of late; null until that can be told. */
  rate: number | null;
}

interface Counts {
  reused: number;
  computed: number;
  usd: number;
  done: Map<Dataset, number>;
}

/** What a wave's batches make, by batch. */
interface WaveTasks {
  target: string;
  batches: { unit: string; datasets: Dataset[] }[][];
}

const DATASETS: Dataset[] = ['boundaries', ...TABLES_OF_EVERY_UNIT];

/** Over how much of the past the rate is taken, ms. */
const RECENT_MS = 60_000;

/**
 * Watches proposals being applied. A site's log tells what is computed once the whole site is; before that, the
 * notes that workers leave about their batches do.
 */
export class ApplyWatch {
  readonly #lake: WorkingLake;
  readonly #counted = new Map<string, { n: number; counts: Counts }>();
  readonly #waves = new Map<string, WaveTasks | null>();
  readonly #samples = new Map<string, { at: number; done: number }[]>();

  constructor(lake: WorkingLake) {
    this.#lake = lake;
  }

  async read(proposals: readonly Proposal[], indexes: readonly SiteIndex[]): Promise<ApplyProgress[]> {
    return Promise.all(proposals.map((proposal) => this.#one(proposal, indexes)));
  }

  async #one(proposal: Proposal, indexes: readonly SiteIndex[]): Promise<ApplyProgress> {
    const all: Counts = { reused: 0, computed: 0, usd: 0, done: new Map() };
    let whole = 0;
    let units = 0;
    for (const index of indexes) {
      const held = Object.values(index.units).filter((unit) => unit.facts !== null).length;
      units += held;
      add(all, this.#counts(proposal, index));
      if ((index.ready[targetId(proposal)] ?? -1) >= index.facts_n || held === 0) whole++;
      else add(all, await this.#underWay(proposal, index));
    }
    const { id, who, why, changes, apply } = proposal;
    return {
      id,
      who: apply?.who ?? who,
      why,
      changes,
      at: apply?.at ?? proposal.at,
      max_cost: apply?.max_cost ?? null,
      wanted: units * DATASETS.length,
      reused: all.reused,
      computed: all.computed,
      usd: all.usd,
      datasets: DATASETS.map((dataset) => ({ dataset, wanted: units, done: all.done.get(dataset) ?? 0 })),
      sites: { whole, all: indexes.length },
      marts: await this.#marts(proposal),
      rate: this.#rate(id, all.computed),
    };
  }

  /** What the site's log has of it; counted again only when the log went on. */
  #counts(proposal: Proposal, index: SiteIndex): Counts {
    const key = `${proposal.id} ${proposal.apply?.at} ${index.site}`;
    const before = this.#counted.get(key);
    if (before?.n === index.n) return before.counts;
    const since = Date.parse(proposal.apply?.at ?? proposal.at);
    const counts: Counts = { reused: 0, computed: 0, usd: 0, done: new Map() };
    for (const { facts, results } of Object.values(index.units)) {
      if (facts === null) continue;
      for (const dataset of DATASETS) {
        const made = results[dataset]?.[proposal.slices[dataset] ?? ''];
        if (made === undefined) continue;
        if (made.made_at < since) counts.reused++;
        else {
          counts.computed++;
          counts.usd += resultCost(dataset, facts.rows);
        }
        counts.done.set(dataset, (counts.done.get(dataset) ?? 0) + 1);
      }
    }
    this.#counted.set(key, { n: index.n, counts });
    return counts;
  }

  /** What workers have done of the site that its log doesn't have yet. */
  async #underWay(proposal: Proposal, index: SiteIndex): Promise<Counts> {
    const counts: Counts = { reused: 0, computed: 0, usd: 0, done: new Map() };
    const { objects } = this.#lake;
    const keys = (await objects.list(wavePrefix(index.site))).map((object) => object.key);
    const ids = new Set(keys.map((key) => key.slice(wavePrefix(index.site).length).split('/')[0]!));
    for (const id of ids) {
      const wave = await this.#wave(index.site, id);
      if (wave?.target !== targetId(proposal)) continue;
      const done = waveDonePrefix(index.site, id);
      for (const key of keys) {
        if (!key.startsWith(done)) continue;
        for (const { unit, datasets } of wave.batches[Number(key.slice(done.length))] ?? []) {
          for (const dataset of datasets) {
            if (index.units[unit]?.results[dataset]?.[proposal.slices[dataset] ?? '']) continue;
            counts.computed++;
            counts.usd += resultCost(dataset, index.units[unit]?.facts?.rows ?? 0);
            counts.done.set(dataset, (counts.done.get(dataset) ?? 0) + 1);
          }
        }
      }
    }
    return counts;
  }

  async #wave(site: string, id: string): Promise<WaveTasks | null> {
    const key = `${site} ${id}`;
    const known = this.#waves.get(key);
    if (known !== undefined) return known;
    const wave = await loadWave(this.#lake.objects, site, id);
    const tasks = wave && {
      target: targetId(wave.settings),
      batches: wave.batches.map((batch) =>
        batch.map((task) => ({ unit: task.unit, datasets: Object.keys(task.keys) as Dataset[] })),
      ),
    };
    this.#waves.set(key, tasks);
    return tasks;
  }

  async #marts(proposal: Proposal): Promise<{ built: number; all: number }> {
    const names = Object.keys(proposal.marts);
    const states = await Promise.all(
      names.map(async (mart) => (await readState(this.#lake.lake, mart))[proposal.slices[mart] ?? '']),
    );
    return { built: states.filter((state) => state?.error === null).length, all: names.length };
  }

  #rate(id: string, done: number): number | null {
    const now = performance.now();
    const samples = (this.#samples.get(id) ?? []).filter(({ at }) => now - at < RECENT_MS);
    samples.push({ at: now, done });
    this.#samples.set(id, samples);
    const [first] = samples;
    if (first === undefined || now - first.at < 1000 || done <= first.done) return null;
    return (done - first.done) / ((now - first.at) / 1000);
  }
}

function add(to: Counts, from: Counts): void {
  to.reused += from.reused;
  to.computed += from.computed;
  to.usd += from.usd;
  for (const [dataset, n] of from.done) to.done.set(dataset, (to.done.get(dataset) ?? 0) + n);
}
