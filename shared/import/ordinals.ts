/**
 * Counts equal rows: how many earlier rows of a file had the same content hash.
 *
 * Only the first 128 bits of a hash are kept, in flat arrays: 20 bytes a slot, 27 to 54 bytes for each
 * distinct row (54 MB at worst for a million), and no limit but memory on their number. A JavaScript Map
 * takes several times that and ends at 16.7 million.
 */
export class Ordinals {
  private slots = 1024;
  private used = 0;
  private words = new Uint32Array(4 * this.slots);
  private counts = new Uint32Array(this.slots);

  /** @param hash at least 32 hex digits, evenly spread. @returns 0 for the first row of this content. */
  next(hash: string): number {
    if (4 * (this.used + 1) > 3 * this.slots) this.grow();
    const a = Number.parseInt(hash.slice(0, 8), 16);
    const b = Number.parseInt(hash.slice(8, 16), 16);
    const c = Number.parseInt(hash.slice(16, 24), 16);
    const d = Number.parseInt(hash.slice(24, 32), 16);
    const slot = this.find(a, b, c, d);
    const ordinal = this.counts[slot]!;
    if (ordinal === 0) {
      this.used++;
      this.words.set([a, b, c, d], 4 * slot);
    }
    this.counts[slot] = ordinal + 1;
    return ordinal;
  }

  /** The slot that holds the hash, or the free one where it belongs. A count of 0 marks a free slot. */
  private find(a: number, b: number, c: number, d: number): number {
    const { words, counts } = this;
    const mask = this.slots - 1;
    let slot = a & mask;
    while (counts[slot] !== 0) {
      const at = 4 * slot;
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private grow(): void {
    const { slots, words, counts } = this;
    this.slots = 2 * slots;
    this.words = new Uint32Array(4 * this.slots);
    this.counts = new Uint32Array(this.slots);
    for (let slot = 0; slot < slots; slot++) {
      if (counts[slot] === 0) continue;
      const at = 4 * slot;
      const to = this.find(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!);
      this.words.set(words.subarray(at, at + 4), 4 * to);
      this.counts[to] = counts[slot]!;
    }
  }
}
