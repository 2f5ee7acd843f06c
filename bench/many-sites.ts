import { boundariesKey } from '../functions/sessionize/boundaries.ts';
import { tableKey } from '../functions/sessionize/tables.ts';
import { type Target, targetWith } from '../functions/sessionize/target.ts';
import { parseDefinition } from '../shared/core/definition/parse.ts';
import { dateOfDay, dayOfDate } from '../shared/core/unit.ts';
import { ALGORITHMS } from '../shared/lake/algorithms.ts';
import { candidateOf, targetId } from '../shared/lake/candidate.ts';
import { checkpointText } from '../shared/lake/checkpoint.ts';
import { siteSettings } from '../shared/lake/definitions.ts';
import {
  checkpointKey,
  definitionKey,
  logKey,
  martKey,
  releaseKey,
  siteConfigKey,
} from '../shared/lake/keys.ts';
import { readMarts } from '../shared/lake/marts.ts';
import type { Release } from '../shared/lake/releases.ts';
import { emptyIndex, type FactsRef, type ResultRef, type SiteIndex } from '../shared/lake/site-index.ts';
import { hashOf } from '../shared/lake/slices.ts';
import type { ListedObject, ObjectStore } from '../shared/ports/objects.ts';

/** Objects in memory that answer after a while, and count what they are asked. */
export class SlowObjects implements ObjectStore {
  readonly asked: Record<string, number> = {};
  readonly #objects = new Map<string, Buffer>();
  readonly #delay: number;

  constructor(delayMs: number) {
    this.#delay = delayMs;
  }

  async #request(operation: string): Promise<void> {
    this.asked[operation] = (this.asked[operation] ?? 0) + 1;
    await new Promise((resolve) => setTimeout(resolve, this.#delay));
  }

  /** Puts without a request: a text as it is, anything else as JSON. */
  seed(key: string, value: unknown): void {
    this.#objects.set(key, Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));
  }

  async get(key: string): Promise<{ body: Buffer; etag: string } | null> {
    await this.#request(`get ${key.split('/').slice(0, 2).join('/')}`);
    const body = this.#objects.get(key);
    return body === undefined ? null : { body, etag: '' };
  }

  async list(
    prefix: string,
    { startAfter = '', limit = Number.POSITIVE_INFINITY }: { startAfter?: string; limit?: number } = {},
  ): Promise<ListedObject[]> {
    await this.#request(`list ${prefix.split('/').slice(0, 2).join('/')}`);
    const keys = [...this.#objects.keys()].filter((key) => key.startsWith(prefix) && key > startAfter).sort();
    return keys.slice(0, limit).map((key) => ({ key, size: this.#objects.get(key)!.length }));
  }

  #refuse(): never {
    throw new Error('a plan only reads indexes');
  }

  getRange = async () => this.#refuse();
  put = async () => this.#refuse();
  download = async () => this.#refuse();
  upload = async () => this.#refuse();
  remove = async () => this.#refuse();
}

const MART = (input: string): string => `/*---
description: Rows of each day.
grain: [site, dt]
inputs: { ${input}: all }
rebuild: full
columns: { site: The site., dt: Its day., n: Rows. }
---*/
SELECT site, dt, count(*) AS n FROM ${input} GROUP BY site, dt
`;

export const MANY_MARTS: Record<string, string> = Object.fromEntries(
  ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name, i) => [`mart_${name}`, MART(i % 2 ? 'events' : 'sessions')]),
);

/**
 * A lake as its log would tell it: checkpoints of sites whose every unit has facts and all results of release 1,
 * and a few entries after each checkpoint.
 */
export function seedManySites(objects: SlowObjects, sites: number, days: number, tail: number): Release {
  const definition = parseDefinition('', 'default.yaml');
  const release: Release = {
    release: 1,
    at: '2026-01-01T00:00:00.000Z',
    who: 'ada',
    why: '',
    changes: [],
    ...candidateOf(definition, readMarts(MANY_MARTS), {}),
  };
  objects.seed(releaseKey(1), release);
  objects.seed(definitionKey(release.definition), definition);
  for (const [name, sql] of Object.entries(MANY_MARTS))
    objects.seed(martKey(release.marts[name]!), { name, sql });
  for (let i = 0; i < sites; i++) seedSite(objects, release, `site-${i}`, days, tail);
  return release;
}

const FIRST = dayOfDate('2023-01-01');

function seedSite(objects: SlowObjects, release: Release, site: string, days: number, tail: number): void {
  const opening = { day_offset_minutes: 0, time_zone: 'UTC', hosts: [`${site}.example`] };
  const index: SiteIndex = { ...emptyIndex(site), n: 64, opened: opening, facts_n: 60 };
  index.ready[targetId(release)] = 60;
  const settings = { site, ...opening, slices: release.slices, algorithms: ALGORITHMS };
  const world = { objects, clock: { now: () => 0 } };
  const target = targetWith(world, settings, parseDefinition('', 'default.yaml'));
  for (let day = 0; day < days; day++) {
    const unit = dateOfDay(FIRST + day);
    index.units[unit] = unitState(target, unit);
  }
  objects.seed(siteConfigKey(site), { site, ...siteSettings(release, site, opening) });
  objects.seed(checkpointKey(site, 64), checkpointText(index));
  for (let n = 65; n < 65 + tail; n++) {
    objects.seed(logKey(site, n), { n, at: release.at, writer: 'w', type: 'derived', results: [] });
  }
}

/** A unit over whose edges nothing goes. */
function unitState(target: Target, unit: string): SiteIndex['units'][string] {
  const { context, slices } = target;
  const name = (of: string): string => hashOf([context.site, unit, of]);
  const attempt = `${context.site}/${unit}/${name('one')}${name('two')}`;
  const ref = (key: string, dataset: string, more: Partial<ResultRef> = {}): ResultRef => {
    const digest = name(dataset);
    return { key, made_at: 1_767_225_600_000, digest, rows: 20_000, bytes: 1_200_000, ...more };
  };
  const facts: FactsRef = {
    object: `facts/${attempt}/facts.parquet`,
    rows: 20_000,
    bytes: 1_300_000,
    digest: name('facts'),
    received: '1',
    from: 0,
    to: 1,
  };
  const none = { carried: 'none', overrides: 'none', heads: 'none' };
  const boundaries = ref(boundariesKey(target, unit, facts), 'boundaries', {
    border: { head: 'none', tail: name('tail') },
    object: `derived/boundaries/${attempt}/border.parquet`,
  });
  const stitches = ref('', 'stitches', { digest: 'none', edges: none });
  const crossings = ref('', 'crossings', { digest: 'none' });
  const table = (dataset: 'sessions' | 'events'): Record<string, ResultRef> => {
    const folder = `derived/${dataset}/slice=${slices[dataset]}/${attempt}/`;
    const key = tableKey(target, dataset, unit, facts, { boundaries, stitches, crossings });
    const parts = [{ dt: unit, folder, rows: 20_000, bytes: 1_200_000 }];
    return { [slices[dataset]!]: ref(key, dataset, { parts }) };
  };
  const landing = `landing/${name('landing')}.ndjson.gz`;
  const internal = (of: ResultRef): Record<string, ResultRef> => ({ [slices['boundaries']!]: of });
  return {
    facts,
    first_at: 0,
    changed_at: 0,
    work_ms: 1000,
    consumed: { [landing]: true },
    accepted: { [landing]: 20_000 },
    results: {
      boundaries: internal(boundaries),
      stitches: internal({ ...stitches, key: name('stitches key') }),
      crossings: internal({ ...crossings, key: name('crossings key') }),
      sessions: table('sessions'),
      events: table('events'),
    },
  };
}
