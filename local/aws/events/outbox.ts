import { readdirSync, readFileSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../errors.ts';
import { GRACE_MS, inDirectory, uniqueId, writeNew } from '../files/whole.ts';
import type { Delivery } from './deliver.ts';
import type { BusEvent } from './event.ts';

/** The change that an event tells of: it is true once the object is there (or isn't). */
export interface Claim {
  bucket: string;
  key: string;
  exists: boolean;
}

interface Entry {
  event: BusEvent;
  claim: Claim;
}

/**
 * Events of changes that are about to happen. They are written down first; when the process dies between
 * the change and its delivery, the next process finds them, looks whether the change came about, and
 * delivers: at least once, never not at all.
 */
export class Outbox {
  readonly #directory: string;
  readonly #delivery: Delivery;

  constructor(directory: string, delivery: Delivery) {
    this.#directory = directory;
    this.#delivery = delivery;
  }

  /** Writes the event down; null when no rule of the default bus wants it. */
  promise(event: BusEvent, claim: Claim): { kept(): Promise<void>; void(): void } | null {
    if (this.#delivery.matching('default', event).length === 0) return null;
    const file = join(this.#directory, uniqueId());
    writeNew(`${file}.new`, JSON.stringify({ event, claim } satisfies Entry));
    inDirectory(file, () => renameSync(`${file}.new`, file));
    return {
      kept: async () => {
        this.#delivery.deliver('default', event);
        remove(file);
      },
      void: () => remove(file),
    };
  }

  /** Delivers what dead processes left. `exists` looks an object up. Gives how many were delivered. */
  settle(exists: (claim: Claim) => boolean): number {
    let delivered = 0;
    for (const name of list(this.#directory)) {
      const file = join(this.#directory, name);
      const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      const entry = name.endsWith('.new') ? null : read(file);
      if (entry && exists(entry.claim) === entry.claim.exists) {
        this.#delivery.deliver('default', entry.event);
        remove(file);
        delivered += 1;
        // A young one that isn't true yet may belong to a process that is about to make it true.
      } else if (age > GRACE_MS) remove(file);
    }
    return delivered;
  }
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function read(file: string): Entry | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Entry;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}
