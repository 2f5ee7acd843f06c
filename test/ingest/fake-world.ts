import type { CollectRequest } from '../../functions/ingest/http.ts';
import { createRateLimiter } from '../../functions/ingest/rate-limit.ts';
import type { CollectWorld, OpenSite } from '../../functions/ingest/world.ts';
import type { BeaconMessage } from '../../shared/core/beacon-message.ts';
import type { Site } from '../../shared/core/site.ts';
import type { Announcement, Bus } from '../../shared/ports/bus.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { ListedObject, ObjectStore, PutOptions } from '../../shared/ports/objects.ts';

export const NOW = Date.UTC(2026, 0, 31, 12);

export function site(changes: Partial<OpenSite> = {}): OpenSite {
  const base: Site = {
    site: 'shop',
    time_zone: 'Asia/Tokyo',
    hosts: ['shop.example'],
    day_offset_minutes: 540,
    allowed_origins: ['https://shop.example'],
    write_keys: ['k1', 'k2'],
    privacy: { address: 'truncate', cookieless: false },
    limits: { requests_per_second: null },
    freshness_seconds: 900,
    lateness_seconds: 172_800,
  };
  return { ...base, day_offset_minutes: 540, ...changes };
}

/** A log that remembers its lines as `level message`. */
export class Lines implements Log {
  readonly lines: string[] = [];
  info(message: string) {
    this.lines.push(`info ${message}`);
  }
  warn(message: string) {
    this.lines.push(`warn ${message}`);
  }
  error(message: string) {
    this.lines.push(`error ${message}`);
  }
}

/** The collector's world in memory: what the queue took stands in `sent`. */
export function collectWorld(changes: Partial<CollectWorld> = {}, sites: OpenSite[] = [site()]) {
  const sent: BeaconMessage[] = [];
  const clock = { at: NOW, now: () => clock.at };
  const log = new Lines();
  let minted = 0;
  const world: CollectWorld = {
    clock,
    sites: async () => new Map(sites.map((entry) => [entry.site, entry])),
    queue: {
      async send(messages) {
        sent.push(...(JSON.parse(JSON.stringify(messages)) as BeaconMessage[]));
      },
    },
    queueTimeoutMs: 1_000,
    randomBytes: (count) => Buffer.alloc(count, ++minted),
    salt: (day) => `salt of ${day}`,
    limiter: createRateLimiter(clock),
    addressSource: 'connection',
    originSecret: null,
    tracker: 'track()',
    log,
    ...changes,
  };
  return { world, sent, clock, log };
}

export function request(changes: Partial<CollectRequest> = {}): CollectRequest {
  return {
    id: 'request',
    method: 'POST',
    path: '/v1/events',
    query: '',
    headers: { host: 'collect.shop.example', 'content-type': 'application/json', 'user-agent': 'Browser/1' },
    cookies: [],
    body: Buffer.alloc(0),
    sourceAddress: '192.0.2.77',
    ...changes,
  };
}

/** A POST of JSON with more headers than the usual ones. */
export function post(
  content: unknown,
  headers: Record<string, string> = {},
  more: Partial<CollectRequest> = {},
): CollectRequest {
  const usual = request();
  const body = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  return { ...usual, body, ...more, headers: { ...usual.headers, ...headers } };
}

/** Objects in a map; `broken` makes every write fail. */
export class MemoryObjects implements ObjectStore {
  readonly objects = new Map<string, Buffer>();
  broken = false;
  unreadable = false;
  reads = 0;

  async get(key: string) {
    this.#read();
    const body = this.objects.get(key);
    return body === undefined ? null : { body, etag: `"${body.length}"` };
  }

  async getRange(key: string, from: number, to: number) {
    this.#read();
    return this.objects.get(key)?.subarray(from, to + 1) ?? null;
  }

  async put(key: string, body: Buffer | string, options: PutOptions = {}): Promise<'written' | 'lost'> {
    if (this.broken) throw new Error('the store is down');
    if (options.ifAbsent && this.objects.has(key)) return 'lost';
    this.objects.set(key, Buffer.from(body));
    return 'written';
  }

  async list(prefix: string): Promise<ListedObject[]> {
    this.#read();
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    return keys.map((key) => ({ key, size: this.objects.get(key)!.length }));
  }

  async download(): Promise<void> {
    throw new Error('not used here');
  }

  async upload(): Promise<void> {
    throw new Error('not used here');
  }

  async remove(key: string): Promise<void> {
    this.objects.delete(key);
  }

  #read(): void {
    this.reads++;
    if (this.unreadable) throw new Error('the store is down');
  }
}

/** A bus that keeps what it was told; `broken` makes it fail. */
export class MemoryBus implements Bus {
  readonly announced: Announcement[] = [];
  broken = false;

  async announce(events: readonly Announcement[]): Promise<void> {
    if (this.broken) throw new Error('the bus is down');
    this.announced.push(...events);
  }
}
