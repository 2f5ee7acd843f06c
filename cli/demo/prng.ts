/**
 * Random numbers that a seed decides: the same seed and label give the same numbers on every machine.
 * The generator is sfc32 (Chris Doty-Humphrey's Small Fast Counting), started from FNV-1a hashes.
 */
export class Prng {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param label sets streams of one seed apart, so that one part of the traffic doesn't move another */
  constructor(seed: number, label: string) {
    this.#a = hash(`a${seed}/${label}`);
    this.#b = hash(`b${seed}/${label}`);
    this.#c = hash(`c${seed}/${label}`);
    for (let i = 0; i < 12; i++) this.#next();
  }

  /** 32 random bits. */
  #next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** From 0 up to, not including, 1. */
  share(): number {
    return this.#next() / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.share() < probability;
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.share() * (high - low + 1));
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.share() * from.length)] as T;
  }

  /** One of the items, by their weights. */
  weighted<T>(items: readonly (readonly [item: T, weight: number])[]): T {
    let left = this.share() * items.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [item, weight] of items) {
      left -= weight;
      if (left < 0) return item;
    }
    return items.at(-1)![0];
  }

  /** 1, 2, 3 ..: after each one it goes on with this probability, up to `most`. */
  runLength(goesOn: number, most: number): number {
    let length = 1;
    while (length < most && this.chance(goesOn)) length++;
    return length;
  }

  /** `digits` hex digits. */
  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.#next().toString(16).padStart(8, '0');
    return text.slice(0, digits);
  }
}

function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (const char of text) sum = Math.imul(sum ^ char.codePointAt(0)!, 0x01000193);
  return sum;
}
