import { EventEmitter } from 'node:events';
import { existsSync, readdirSync, readFileSync, renameSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../errors.ts';
import { inDirectory, uniqueId, writeNew } from '../files/whole.ts';

/** A message as it is kept: written once, never changed. */
export interface Message {
  id: string;
  body: string;
  /** User attributes as they were sent. */
  attributes?: Record<string, unknown>;
  /** System attributes as they were sent (`AWSTraceHeader`). */
  system?: Record<string, unknown>;
  /** ms, real time. */
  sent: number;
}

/**
 * A message's state is its file's name: `<visible at>-<receives>-<first receive>-<id>[@<source>]`, times in
 * ms. So one rename(2) claims it, returns it, or moves it to another queue; of many who try, one succeeds.
 */
export interface Envelope {
  file: string;
  /** When it is next visible. */
  visible: number;
  receives: number;
  /** 0 before the first. */
  firstReceive: number;
  id: string;
  /** The queue it was moved from, when it was dead-lettered. */
  source: string | null;
}

export interface Counts {
  visible: number;
  inFlight: number;
  delayed: number;
}

/** How long a look into the folder may serve receives, ms. */
const STALE_MS = 250;

/** The messages of one queue, as files, for any number of processes. */
export class Mailbox {
  readonly #directory: string;
  readonly #arrivals = new EventEmitter();
  /** Claims that this process postponed, by claim: their names no longer follow from their handles. */
  readonly #postponed = new Map<string, Envelope>();
  #waiting: Envelope[] = [];
  #looked = 0;

  constructor(directory: string) {
    this.#directory = directory;
    this.#arrivals.setMaxListeners(0);
  }

  /** Stores a message, visible at `visible`. Durable when it returns. */
  put(message: Message, visible: number): void {
    const name = fileName({ visible, receives: 0, firstReceive: 0, id: message.id, source: null });
    const temporary = join(this.#directory, 'incoming', uniqueId());
    writeNew(temporary, JSON.stringify(message));
    inDirectory(this.#path(name), () => renameSync(temporary, this.#path(name)));
    this.#arrivals.emit('message');
  }

  /** Up to `most` visible messages, oldest first; nobody else has them yet either. */
  candidates(most: number, now: number): Envelope[] {
    if (this.#waiting.length === 0 || now - this.#looked > STALE_MS || now < this.#looked) {
      this.#waiting = this.all()
        .filter((envelope) => envelope.visible <= now)
        .sort((a, b) => (a.file < b.file ? 1 : -1));
      this.#looked = now;
    }
    return this.#waiting.splice(-most).reverse();
  }

  /** Takes a message until `until`; null when somebody else was first. */
  claim(envelope: Envelope, until: number, now: number): Envelope | null {
    return this.#become(envelope, {
      ...envelope,
      visible: until,
      receives: envelope.receives + 1,
      firstReceive: envelope.firstReceive || now,
    });
  }

  /** Makes a claimed message visible at another time; null when the claim has passed to somebody else. */
  postpone(envelope: Envelope, until: number): Envelope | null {
    const changed = this.#become(envelope, { ...envelope, visible: until });
    if (!changed) return null;
    if (until > Date.now()) this.#postponed.set(claimKey(changed), changed);
    this.#arrivals.emit('message');
    return changed;
  }

  /** Moves a message to its dead-letter queue; false when somebody else did, or took it. */
  moveTo(other: Mailbox, envelope: Envelope, source: string, now: number): boolean {
    const name = fileName({ visible: now, receives: 0, firstReceive: 0, id: envelope.id, source });
    try {
      if (!existsSync(this.#path(envelope.file))) return false;
      inDirectory(other.#path(name), () => renameSync(this.#path(envelope.file), other.#path(name)));
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return false;
      throw error;
    }
    other.#arrivals.emit('message');
    return true;
  }

  /** Removes a claimed message; again, or after the claim has passed on, changes nothing. */
  remove(envelope: Envelope): boolean {
    this.#postponed.delete(claimKey(envelope));
    try {
      unlinkSync(this.#path(envelope.file));
      return true;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return false;
      throw error;
    }
  }

  /** What a message says; null when it is gone. */
  read(envelope: Envelope): Message | null {
    try {
      return JSON.parse(readFileSync(this.#path(envelope.file), 'utf8')) as Message;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return null;
      throw error;
    }
  }

  /** The claim that a receipt handle names, wherever its visibility stands now; null when it is over. */
  claimed(handle: string): Envelope | null {
    const claim = parseHandle(handle);
    if (!claim) return null;
    if (existsSync(this.#path(claim.file))) return claim;
    const known = this.#postponed.get(claimKey(claim));
    if (known && existsSync(this.#path(known.file))) return known;
    this.#postponed.delete(claimKey(claim));
    return this.all().find((one) => claimKey(one) === claimKey(claim)) ?? null;
  }

  all(): Envelope[] {
    try {
      return readdirSync(join(this.#directory, 'messages')).map(parseName);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return [];
      throw error;
    }
  }

  counts(now: number): Counts {
    const counts: Counts = { visible: 0, inFlight: 0, delayed: 0 };
    for (const envelope of this.all()) {
      if (envelope.visible <= now) counts.visible += 1;
      else if (envelope.receives > 0) counts.inFlight += 1;
      else counts.delayed += 1;
    }
    return counts;
  }

  purge(): void {
    for (const envelope of this.all()) this.remove(envelope);
  }

  /** Calls back when this process adds or returns a message; gives a function that ends it. */
  onArrival(listener: () => void): () => void {
    this.#arrivals.on('message', listener);
    return () => this.#arrivals.off('message', listener);
  }

  #path(file: string): string {
    return join(this.#directory, 'messages', file);
  }

  #become(from: Envelope, to: Omit<Envelope, 'file'>): Envelope | null {
    const file = fileName(to);
    try {
      if (!existsSync(this.#path(from.file))) return null;
      renameSync(this.#path(from.file), this.#path(file));
      return { ...to, file };
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return null;
      throw error;
    }
  }
}

/** One receive of one message. */
function claimKey(envelope: Pick<Envelope, 'id' | 'receives'>): string {
  return `${envelope.id} ${envelope.receives}`;
}

function fileName(envelope: Omit<Envelope, 'file'>): string {
  const { visible, receives, firstReceive, id, source } = envelope;
  const at = String(visible).padStart(13, '0');
  return `${at}-${receives}-${firstReceive}-${id}${source === null ? '' : `@${source}`}`;
}

function parseName(file: string): Envelope {
  const [visible, receives, firstReceive] = file.split('-', 3).map(Number) as [number, number, number];
  const rest = file.slice(file.split('-', 3).join('-').length + 1);
  const at = rest.indexOf('@');
  return {
    file,
    visible,
    receives,
    firstReceive,
    id: at === -1 ? rest : rest.slice(0, at),
    source: at === -1 ? null : rest.slice(at + 1),
  };
}

/** A receipt handle: the claim's file name, wrapped up so that nobody reads more into it. */
export function handleOf(envelope: Envelope): string {
  return Buffer.from(envelope.file).toString('base64');
}

function parseHandle(handle: string): Envelope | null {
  const file = Buffer.from(handle, 'base64').toString('utf8');
  return /^\d{13}-\d+-\d+-[\w-]+(@[\w-]+)?$/.test(file) ? parseName(file) : null;
}
