import { reconcile } from '../../../cli/reconcile.ts';
import { collectGarbage } from '../../../functions/publish/garbage/collect-garbage.ts';
import { KEEP } from '../../../functions/publish/garbage/kept.ts';
import { IMPLEMENTATIONS } from '../../../functions/sessionize/implementations.ts';
import { GlueCatalog } from '../../../shared/clients/glue-catalog.ts';
import { parseDefinition } from '../../../shared/core/definition/parse.ts';
import { ALGORITHMS, type Algorithms } from '../../../shared/lake/algorithms.ts';
import { type Candidate, candidateOf, candidateOfRelease } from '../../../shared/lake/candidate.ts';
import { storeDefinition } from '../../../shared/lake/definitions.ts';
import { readMarts } from '../../../shared/lake/marts.ts';
import { propose, startApplying } from '../../../shared/lake/proposals.ts';
import { everyRelease } from '../../../shared/lake/releases.ts';
import { hashOf } from '../../../shared/lake/slices.ts';
import type { JudgedLake } from './judged-lake.ts';

/** What a scenario does to a lake's definition, or to the lake while that changes. */
export type Change =
  | ['apply', definition: number]
  | ['look', definition: number]
  | ['rollback']
  | ['deploy']
  | ['gc', days: number]
  | ['crash', calls: number];

const DAY = 86_400_000;

/** A mart that shows whether marts and tables are of one release. */
export const MARTS = {
  mart_days: `/*---
description: Sessions and their events of each day.
grain: [site, dt]
inputs: { sessions: all }
rebuild: full
columns: { site: s, dt: d, sessions: n, events: n }
---*/
SELECT site, dt, count(*) AS sessions, sum(event_count) AS events FROM sessions GROUP BY site, dt`,
};
const DAYS =
  'SELECT site, dt, count(*) AS sessions, sum(event_count) AS events FROM sessions GROUP BY site, dt ORDER BY site, dt';
const MART_DAYS = 'SELECT site, dt, sessions, events FROM mart_days ORDER BY site, dt';

/** Changes a judged lake's mind, as the command line would. */
export class ChangingDefinition {
  readonly #lake: JudgedLake;
  readonly #definitions: ReturnType<typeof parseDefinition>[];
  #algorithms: Algorithms = ALGORITHMS;
  #applying: Candidate[] = [];

  constructor(lake: JudgedLake, definitions: readonly unknown[]) {
    this.#lake = lake;
    this.#definitions = definitions.map((one) => parseDefinition(JSON.stringify(one), 'default.yaml'));
  }

  /** Asks for what a step changes; it is computed beside what arrives. */
  async ask(changes: readonly Change[]): Promise<void> {
    for (const change of changes) {
      if (change[0] === 'apply') await this.#apply(await this.#candidate(change[1]));
      if (change[0] === 'rollback') {
        const [, before] = await everyRelease(this.#lake.local.objects);
        if (before) await this.#apply(candidateOfRelease(before));
      }
      if (change[0] === 'look') await this.#look(await this.#candidate(change[1]));
      if (change[0] === 'deploy') this.#deploy();
    }
  }

  /** Lets everything happen: undisturbed, or with the process killed in the middle of it and started again. */
  async settle(changes: readonly Change[]): Promise<void> {
    for (const change of changes) if (change[0] === 'gc') await this.#collect(change[1]);
    const crash = changes.find((change) => change[0] === 'crash');
    if (crash) {
      await this.#lake.kill(crash[1]);
      for (const candidate of this.#applying) await this.#apply(candidate);
      await reconcile(this.#lake.local);
    }
    await this.#lake.drain();
    this.#applying = [];
  }

  /**
   * Indexes of the definitions of all releases, the first first. Throws when readers don't see the last one, or
   * not in all tables alike.
   */
  async releases(): Promise<number[]> {
    const { queries, objects } = this.#lake.local;
    const releases = (await everyRelease(objects)).reverse();
    const shown = (await queries.query('SELECT release FROM current_release')).rows[0]?.[0];
    if (shown !== String(releases.length)) throw new Error(`release ${shown} of ${releases.length} is shown`);
    if (this.#definitions.length > 1) {
      const [counted, mart] = await Promise.all([queries.query(DAYS), queries.query(MART_DAYS)]);
      const [wanted, got] = [counted, mart].map(({ rows }) => JSON.stringify(rows));
      if (wanted !== got) throw new Error(`mart_days holds ${got}, the tables ${wanted}`);
    }
    return releases.map(({ definition }) => this.#definitions.findIndex((one) => hashOf(one) === definition));
  }

  async #candidate(index: number): Promise<Candidate> {
    const definition = this.#definitions[index]!;
    await storeDefinition(this.#lake.local.objects, definition);
    return candidateOf(definition, readMarts(MARTS), {}, this.#algorithms);
  }

  async #about() {
    const [live] = await everyRelease(this.#lake.local.objects);
    const at = new Date(this.#lake.local.clock.now()).toISOString();
    return { at, who: 'judge', why: '', changes: [], base: live!.release };
  }

  async #apply(candidate: Candidate): Promise<void> {
    const { objects, bus } = this.#lake.local;
    const [live] = await everyRelease(objects);
    if (live!.definition === candidate.definition && !this.#applying.includes(candidate)) return;
    if (!this.#applying.includes(candidate)) this.#applying.push(candidate);
    if (live!.definition === candidate.definition) return;
    const about = await this.#about();
    const apply = { at: about.at, who: 'judge', max_cost: null };
    const { id } = await startApplying(objects, candidate, about, apply);
    await bus.announce([{ type: 'Definition Changed', detail: { proposal: id } }]);
  }

  async #look(candidate: Candidate): Promise<void> {
    const { objects, bus } = this.#lake.local;
    const { id } = await propose(objects, candidate, await this.#about());
    await bus.announce([{ type: 'Definition Changed', detail: { proposal: id, look: true } }]);
  }

  /** A new version of the product whose sessions have another number; the old one stays beside it. */
  #deploy(): void {
    const number = this.#algorithms.sessions + 1;
    const { sessions } = IMPLEMENTATIONS;
    sessions[number] = sessions[this.#algorithms.sessions]!;
    this.#algorithms = { ...this.#algorithms, sessions: number };
  }

  async #collect(days: number): Promise<void> {
    this.#lake.passes(days * DAY);
    const { lake, bucketUri, clients } = this.#lake.local;
    await collectGarbage({ lake, bucketUri, catalog: new GlueCatalog(clients.glue) }, KEEP, false);
  }
}
