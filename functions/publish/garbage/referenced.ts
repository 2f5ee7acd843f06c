import { factsFiles } from '../../../shared/lake/facts.ts';
import { manifestKey, proposalKey } from '../../../shared/lake/keys.ts';
import type { MartState } from '../../../shared/lake/mart-state.ts';
import type { SiteIndex } from '../../../shared/lake/site-index.ts';

/** Tells what something in the lake still refers to. Folders count with all that lies in them. */
export class Referenced {
  readonly #objects = new Set<string>();
  readonly #folders = new Set<string>();

  /** @param key of an object */
  has(key: string): boolean {
    return this.#objects.has(key) || this.#folders.has(key.slice(0, key.lastIndexOf('/') + 1));
  }

  addSite(index: SiteIndex): void {
    for (const { facts, results } of Object.values(index.units)) {
      if (facts) {
        for (const { object } of factsFiles(facts)) this.#objects.add(object);
        // What lies beside a generation (its ids) belongs to it.
        this.#folders.add(facts.object.slice(0, facts.object.lastIndexOf('/') + 1));
      }
      for (const ref of Object.values(results).flatMap((bySlice) => Object.values(bySlice))) {
        this.#objects.add(manifestKey(ref.key));
        if (ref.object) this.#objects.add(ref.object);
        for (const { folder } of ref.parts ?? []) this.#folders.add(folder);
      }
    }
  }

  addProposals(ids: Iterable<string>): void {
    for (const id of ids) this.#objects.add(proposalKey(id));
  }

  addMart(state: MartState): void {
    for (const { folder } of Object.values(state)) if (folder !== null) this.#folders.add(folder);
  }
}
