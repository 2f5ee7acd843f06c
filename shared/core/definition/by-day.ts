import { dayOfDate } from '../unit.ts';
import { definitionPeriods } from './scopes.ts';
import type { Definition } from './types.ts';

interface Period {
  from: number;
  to: number;
  definition: Definition;
}

/** What holds for one site on each of its local dates, counted as days since 1970-01-01. */
export class DefinitionsByDay {
  readonly #periods: Period[];
  #last: Period;

  constructor(definition: Definition, site: string) {
    this.#periods = definitionPeriods(definition, site).map(({ from, to, definition: then }) => ({
      from: from === null ? Number.NEGATIVE_INFINITY : dayOfDate(from),
      to: to === null ? Number.POSITIVE_INFINITY : dayOfDate(to),
      definition: then,
    }));
    this.#last = this.#periods[0]!;
  }

  /** The definition of a date; equal objects are the same period. Quick for dates in order. */
  on(day: number): Definition {
    if (day < this.#last.from || day > this.#last.to) {
      this.#last = this.#periods.find(({ to }) => day <= to)!;
    }
    return this.#last.definition;
  }

  /** The one definition of all dates; null where scopes divide them. */
  get only(): Definition | null {
    return this.#periods.length === 1 ? this.#last.definition : null;
  }

  /** The one definition of all dates of a range, both ends included; null where a scope begins or ends in it. */
  over(from: number, to: number): Definition | null {
    const then = this.on(from);
    return to <= this.#last.to ? then : null;
  }

  /** The longest timeout between two dates, both included. */
  longestPause(from: number, to: number): number {
    const held = this.#periods.filter((period) => period.to >= from && period.from <= to);
    return Math.max(...held.map(({ definition }) => definition.sessions.inactivity_ms));
  }
}
