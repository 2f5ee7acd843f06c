import type { EventType } from '../../shared/core/event/types.ts';
import type { HistoryEvent } from '../../shared/core/session/history.ts';

/** A history, a definition and the sessions that must come of it, written by hand from docs/semantics.md. */
export interface Vector {
  name: string;
  /** The sentence of the semantics that it tests. */
  sentence: string;
  /** The mutation of the code that it kills. */
  kills: string | string[];
  site?: { time_zone?: string; hosts?: string[] };
  /** As in a definition file; what is absent has its default. */
  definition?: Record<string, unknown>;
  events: VectorEvent[];
  /** Ids of each session's events; `r1..r9` stands for the run in between. */
  sessions: string[][];
  unassigned?: string[];
}

interface VectorEvent {
  id: string;
  visitor?: string;
  time: string;
  /** Repeats the event: ids `<id>1`, `<id>2`, .. `times` of them, `every` apart, but those of `except`. */
  every?: string;
  times?: number;
  except?: number[];
  seq?: number;
  type?: EventType;
  name?: string;
  url?: string;
  referrer?: string;
}

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export function siteOf(vector: Vector): { time_zone: string; hosts: string[] } {
  return { time_zone: vector.site?.time_zone ?? 'UTC', hosts: vector.site?.hosts ?? ['shop.example'] };
}

/** The vector's events, repeated ones written out. */
export function eventsOf(vector: Vector, instant: (time: string) => number): HistoryEvent[] {
  return vector.events.flatMap((event) => {
    const first = instant(event.time);
    if (event.every === undefined) return [historyEvent(event, event.id, first)];
    const [, count, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(event.every)!;
    const step = Number(count) * UNITS[unit!]!;
    return Array.from({ length: event.times! }, (_, i) => i)
      .filter((i) => !event.except?.includes(i + 1))
      .map((i) => historyEvent(event, `${event.id}${i + 1}`, first + i * step));
  });
}

function historyEvent(event: VectorEvent, id: string, time: number): HistoryEvent {
  return {
    event_id: id,
    event_time: time,
    seq: event.seq ?? null,
    visitor_id: event.visitor ?? 'v',
    event_type: event.type ?? (event.url && !event.name ? 'page_view' : 'event'),
    event_name: event.name ?? null,
    url: event.url ?? null,
    referrer: event.referrer ?? null,
  };
}

/** Ids written out. */
export function idsOf(ids: readonly string[]): string[] {
  return ids.flatMap((id) => {
    const run = /^(\D+)(\d+)\.\.\1(\d+)$/.exec(id);
    if (run === null) return [id];
    const [, stem, from, to] = run;
    return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => `${stem}${Number(from) + i}`);
  });
}
