import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { RejectedRecord } from '../../shared/core/event/types.ts';
import { dateOfDay, UNIT_MS } from '../../shared/core/unit.ts';
import type { ObjectStore } from '../../shared/ports/objects.ts';

const unzipped = promisify(gunzip);

/** Refused events of the last days, by reason. */
export interface RejectedSummary {
  /** First UTC day that is looked at. */
  since: string;
  total: number;
  reasons: RejectedReason[];
  /** Objects that were too many to read: their events are not counted. */
  unread: number;
}

export interface RejectedReason {
  reason: string;
  count: number;
  last_at: number;
  sites: Record<string, number>;
  examples: Example[];
}

type Example = Pick<RejectedRecord, 'received_at' | 'site' | 'detail' | 'source' | 'body'>;

/** What one object came to; the object never changes. */
type Counted = Map<string, RejectedReason>;

const DAYS = 30;
const MOST_OBJECTS = 5000;
const READ_AT_ONCE = 500;
const EXAMPLES = 5;
const BODY = 2000;
const LINES_AT_ONCE = 2000;

/**
 * Reads what was refused in the last thirty days. Objects under `rejected/` never change, so each is read
 * once; a call costs a listing and the objects that are new, at most so many a call.
 */
export class RejectedReader {
  readonly #objects: ObjectStore;
  readonly #counted = new Map<string, Counted>();
  #running: Promise<RejectedSummary> | null = null;

  constructor(objects: ObjectStore) {
    this.#objects = objects;
  }

  /** Calls that come while one is under way share its answer. */
  read(now: number): Promise<RejectedSummary> {
    this.#running ??= this.#read(now).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #read(now: number): Promise<RejectedSummary> {
    const since = dateOfDay(Math.floor(now / UNIT_MS) - DAYS + 1);
    const listed = await this.#objects.list('rejected/', { startAfter: `rejected/dt=${since}` });
    const keys = listed.map((object) => object.key).slice(-MOST_OBJECTS);
    const wanted = new Set(keys);
    for (const key of this.#counted.keys()) if (!wanted.has(key)) this.#counted.delete(key);
    const fresh = keys.filter((key) => !this.#counted.has(key)).slice(-READ_AT_ONCE);
    for (const key of fresh) this.#counted.set(key, await this.#count(key));
    const reasons = summed(this.#counted.values());
    return {
      since,
      total: reasons.reduce((sum, reason) => sum + reason.count, 0),
      reasons,
      unread: listed.length - this.#counted.size,
    };
  }

  async #count(key: string): Promise<Counted> {
    const counted: Counted = new Map();
    const found = await this.#objects.get(key);
    if (found === null) return counted;
    const lines = (await unzipped(found.body)).toString('utf8').split('\n');
    for (const [n, line] of lines.entries()) {
      if (line !== '') add(counted, JSON.parse(line) as RejectedRecord);
      // The functions run in this process too: a long object must not keep them waiting.
      if (n % LINES_AT_ONCE === LINES_AT_ONCE - 1) await new Promise((go) => setImmediate(go));
    }
    return counted;
  }
}

function add(counted: Counted, record: RejectedRecord): void {
  const { received_at, site, reason, detail, source, body } = record;
  merge(counted, {
    reason,
    count: 1,
    last_at: received_at,
    sites: { [site]: 1 },
    examples: [{ received_at, site, detail, source, body: body.slice(0, BODY) }],
  });
}

function merge(into: Counted, from: RejectedReason): void {
  const had = into.get(from.reason);
  if (had === undefined) {
    into.set(from.reason, { ...from, sites: { ...from.sites }, examples: [...from.examples] });
    return;
  }
  had.count += from.count;
  had.last_at = Math.max(had.last_at, from.last_at);
  for (const [site, count] of Object.entries(from.sites)) had.sites[site] = (had.sites[site] ?? 0) + count;
  if (had.examples.length < EXAMPLES || from.last_at > had.examples.at(-1)!.received_at) {
    had.examples = [...had.examples, ...from.examples]
      .sort((a, b) => b.received_at - a.received_at)
      .slice(0, EXAMPLES);
  }
}

/** All objects together, the most frequent reason first. */
function summed(objects: Iterable<Counted>): RejectedReason[] {
  const all: Counted = new Map();
  for (const counted of objects) for (const reason of counted.values()) merge(all, reason);
  return [...all.values()].sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}
