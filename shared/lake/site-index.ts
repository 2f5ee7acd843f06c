import type { ErasedVisitors } from '../core/erased-visitors.ts';
import type { FactsPiece } from './facts.ts';

/** What the log of one site adds up to (docs/lake-format.md, "The log of a site"). Plain JSON. */
export interface SiteIndex {
  site: string;
  /** Number of the last entry that is folded in; 0 before the first. */
  n: number;
  /** Written at first use; null before. */
  opened: SiteOpening | null;
  /** Number of the last entry that changed facts; 0 before the first. */
  facts_n: number;
  /** Target (`targetId`) to the `facts_n` up to which its results are whole. */
  ready: Record<string, number>;
  units: Record<string, UnitState>;
  /** Where the older entries of the units' ledgers were moved to; absent before the first time. */
  ledger?: LedgerPart[];
  /** Visitors who were erased; absent before the first. */
  erased?: ErasedVisitors;
}

/** An object that holds entries of the ledger, and the first and the last landing object among them. */
export interface LedgerPart {
  object: string;
  from: string;
  to: string;
  entries: number;
}

/** What never moves about a site, and the values of its definitions before any release restated them. */
export interface SiteOpening {
  day_offset_minutes: number;
  time_zone: string;
  hosts: string[];
}

export interface UnitState {
  facts: FactsRef | null;
  /** When its first facts came, and when they last changed, ms UTC; 0 before. */
  first_at: number;
  changed_at: number;
  /** How long its last generation took to make, ms. */
  work_ms: number;
  /** Landing objects whose rows of this unit are in its facts: the ledger, but for what was moved to its parts. */
  consumed: Record<string, true>;
  /** New facts that a consumed landing object brought; absent means none, the rest were duplicates. */
  accepted: Record<string, number>;
  /** Dataset, then slice: what is computed for this unit. */
  results: Partial<Record<Dataset, Record<string, ResultRef>>>;
}

/**
 * Public tables, and what is kept to make them: `stitches` and `crossings` of sessions over edges, `hits` (what converts), `additions` of hits over edges, `touches` (sessions, narrow).
 */
export type Dataset =
  | 'boundaries'
  | 'stitches'
  | 'crossings'
  | 'hits'
  | 'additions'
  | 'sessions'
  | 'touches'
  | 'events'
  | 'conversions';

/** One generation of a unit's facts. */
export interface FactsRef {
  object: string;
  rows: number;
  bytes: number;
  digest: string;
  /**
   * Sum of received_at, ms. Of equal copies the one received first stays, and no digest covers when that
   * was: this tells that an earlier copy came later.
   */
  received: string;
  /** First and last event_time, ms UTC. */
  from: number;
  to: number;
  /** Of events with a `seq`: how many, and how many numbers are missing between a visitor's first and last here. */
  numbered?: number;
  missing?: number;
  /** Of a big generation: the object that holds its ids as numbers. */
  ids?: string;
  /**
   * Of a generation in several files (`factsFiles`): all of them; `object` is the first, while `rows`, `bytes`
   * and the rest are of the whole unit.
   */
  pieces?: FactsPiece[];
}

/** One derived result of a unit. Same key, same rows. */
export interface ResultRef {
  key: string;
  /** When it was computed, ms UTC. */
  made_at: number;
  digest: string;
  rows: number;
  bytes: number;
  /** Public tables: a folder for each local day that the unit writes into. */
  parts?: { dt: string; folder: string; rows: number; bytes: number }[];
  /** Internal results: one object. */
  object?: string;
  /** Of boundaries: digests of what the border file holds for the unit before and the unit after. */
  border?: { head: string; tail: string };
  /** Of stitches: digests of the tails that change the unit, of those it passes on, of what it adds. */
  edges?: { carried: string; overrides: string; heads: string };
  /** Of hits: how many conversions are among them, and the digest of those of sessions from earlier units. */
  hits?: { conversions: number; carried: string };
}

/** What a plan looks at of an index; an index is one too. */
export type LeanIndex = Omit<SiteIndex, 'units'> & { units: Record<string, LeanUnit> };
export type LeanUnit = {
  facts: LeanFacts | null;
  results: Partial<Record<Dataset, Record<string, LeanResult>>>;
};
export type LeanFacts = Pick<FactsRef, (typeof LEAN_FACTS)[number]>;
export type LeanResult = Pick<ResultRef, (typeof LEAN_RESULT)[number]>;
export const LEAN_FACTS = ['digest', 'received', 'rows', 'bytes'] as const;
export const LEAN_RESULT = ['key', 'digest', 'bytes', 'border', 'edges', 'hits'] as const;

export type LogEntry = { n: number; at: string; writer: string } & LogChange;

export type LogChange =
  | ({ type: 'opened' } & SiteOpening)
  | {
      type: 'compacted';
      unit: string;
      facts: FactsRef;
      consumed: string[];
      /** New facts by landing object; the other rows of that object were duplicates. */
      accepted: Record<string, number>;
      /** Rows that the landing object held for this unit but that could not be read. */
      quarantined: Record<string, number>;
      /** How long the generation took to make, ms. */
      ms: number;
      /** Neighbouring units that shared an id with what arrived, and what their facts are now. */
      neighbours?: { unit: string; facts: FactsRef }[];
    }
  /** Everything consumed of landing objects whose keys sort before `before` stands in `part` from now on. */
  | { type: 'folded'; before: string; part: LedgerPart }
  /** Nothing of the visitor of this name (`erasedName`) that came up to `until`, ms UTC, becomes a fact any more. */
  | { type: 'erased'; visitor: string; until: number }
  | {
      type: 'derived';
      results: { dataset: Dataset; slice: string; unit: string; ref: ResultRef | null }[];
      /** The target whose results are whole with this entry, for the facts up to entry `facts_n`. */
      ready?: { target: string; facts_n: number };
    }
  /** Results of slices that nobody sees or keeps any more. */
  | { type: 'forgotten'; slices: string[]; targets: string[] };

export function emptyIndex(site: string): SiteIndex {
  return { site, n: 0, opened: null, facts_n: 0, ready: {}, units: {} };
}

/**
 * Folds one entry into the index (in place). Entries come in order, each exactly once. A lean index takes them too:
 * its units get a ledger of what came since.
 */
export function foldEntry(lean: LeanIndex, entry: LogEntry): void {
  const index = lean as SiteIndex;
  if (entry.n !== index.n + 1) {
    throw new Error(`log of ${index.site}: entry ${entry.n} does not follow ${index.n}`);
  }
  index.n = entry.n;
  switch (entry.type) {
    case 'opened':
      index.opened ??= openingOf(entry);
      break;
    case 'compacted': {
      const unit = unitState(index, entry.unit);
      let moved = setFacts(unit, entry.facts, entry.at);
      unit.work_ms = entry.ms;
      unit.consumed ??= {};
      for (const object of entry.consumed) unit.consumed[object] = true;
      unit.accepted = Object.assign(unit.accepted ?? {}, entry.accepted);
      for (const { unit: name, facts } of entry.neighbours ?? []) {
        moved = setFacts(unitState(index, name), facts, entry.at) || moved;
      }
      if (moved) index.facts_n = entry.n;
      break;
    }
    case 'folded':
      for (const { consumed, accepted } of Object.values(index.units)) {
        for (const object of Object.keys(consumed ?? {})) {
          if (object >= entry.before) continue;
          delete consumed[object];
          delete accepted[object];
        }
      }
      index.ledger = [...(index.ledger ?? []), entry.part];
      break;
    case 'erased': {
      const before = index.erased?.[entry.visitor] ?? 0;
      index.erased = { ...index.erased, [entry.visitor]: Math.max(before, entry.until) };
      break;
    }
    case 'derived':
      for (const { dataset, slice, unit, ref } of entry.results) {
        const { results } = unitState(index, unit);
        const bySlice = results[dataset] ?? {};
        results[dataset] = bySlice;
        if (ref === null) delete bySlice[slice];
        else bySlice[slice] = ref;
      }
      if (entry.ready) {
        const { target, facts_n } = entry.ready;
        index.ready[target] = Math.max(index.ready[target] ?? 0, facts_n);
      }
      break;
    case 'forgotten':
      for (const { results } of Object.values(index.units)) {
        for (const bySlice of Object.values(results)) for (const slice of entry.slices) delete bySlice[slice];
      }
      for (const target of entry.targets) delete index.ready[target];
      break;
  }
}

/** What never moves about a site, without what an entry says beside it. */
export function openingOf({ day_offset_minutes, time_zone, hosts }: SiteOpening): SiteOpening {
  return { day_offset_minutes, time_zone, hosts };
}

/** @returns whether it is another generation than before */
function setFacts(unit: UnitState, facts: FactsRef, at: string): boolean {
  if (unit.facts === null) unit.first_at = Date.parse(at);
  if (unit.facts?.digest !== facts.digest) unit.changed_at = Date.parse(at);
  const moved = unit.facts?.object !== facts.object;
  unit.facts = facts;
  return moved;
}

function unitState(index: SiteIndex, unit: string): UnitState {
  index.units[unit] ??= {
    facts: null,
    first_at: 0,
    changed_at: 0,
    work_ms: 0,
    consumed: {},
    accepted: {},
    results: {},
  };
  return index.units[unit];
}

/** Names of the units that hold facts, in order of time. */
export function unitsWithFacts(index: LeanIndex): string[] {
  return Object.keys(index.units)
    .filter((unit) => index.units[unit]!.facts !== null)
    .sort();
}
