import { join } from 'node:path';
import { CanonicalText } from '../../shared/core/canonical-json.ts';
import type { Clock } from '../../shared/core/clock.ts';
import { DefinitionsByDay } from '../../shared/core/definition/by-day.ts';
import type { Definition } from '../../shared/core/definition/types.ts';
import { localDays } from '../../shared/core/time/local-date.ts';
import { type Connection, withConnection } from '../../shared/duckdb/engine.ts';
import type { Algorithms } from '../../shared/lake/algorithms.ts';
import { loadDefinition } from '../../shared/lake/definitions.ts';
import { factsFiles } from '../../shared/lake/facts.ts';
import type { FactsRef } from '../../shared/lake/site-index.ts';
import type { ObjectStore } from '../../shared/ports/objects.ts';
import { withScratch } from '../../shared/scratch.ts';
import type { SiteContext, UnitInput } from './context.ts';

/** Where results of a site's units go: the slices under which they are stored. */
export interface Target {
  objects: ObjectStore;
  clock: Clock;
  context: SiteContext;
  slices: Record<string, string>;
  /** How each dataset is computed. */
  algorithms: Algorithms;
}

/** A target in plain words: what a worker elsewhere needs to make it. */
export interface TargetSettings {
  site: string;
  /** Hash of the definition. */
  definition: string;
  time_zone: string;
  hosts: string[];
  day_offset_minutes: number;
  slices: Record<string, string>;
  algorithms: Algorithms;
}

/** Makes a target; reads the definition. */
export async function targetOf(
  { objects, clock }: { objects: ObjectStore; clock: Clock },
  settings: TargetSettings,
): Promise<Target> {
  return targetWith({ objects, clock }, settings, await loadDefinition(objects, settings.definition));
}

/** The same of a definition that is at hand, and perhaps nowhere else. */
export function targetWith(
  { objects, clock }: { objects: ObjectStore; clock: Clock },
  settings: Omit<TargetSettings, 'definition'>,
  definition: Definition,
): Target {
  return {
    objects,
    clock,
    slices: settings.slices,
    algorithms: settings.algorithms,
    context: {
      site: settings.site,
      definitions: new DefinitionsByDay(definition, settings.site),
      hosts: settings.hosts,
      days: localDays(settings.time_zone),
      dayOffsetMinutes: settings.day_offset_minutes,
    },
  };
}

const siteSlices = new WeakMap<SiteContext, CanonicalText>();

/** What a site says that its sessions depend on, for keys: its name, time zone and hosts. */
export function siteSlice(context: SiteContext): CanonicalText {
  let slice = siteSlices.get(context);
  if (slice === undefined) {
    slice = new CanonicalText([context.site, context.days.timeZone, context.hosts]);
    siteSlices.set(context, slice);
  }
  return slice;
}

/** Runs `work` with a unit's facts as local files, an engine, and a folder for what it writes. */
export function withFacts<T>(
  target: Target,
  unit: string,
  facts: FactsRef,
  work: (connection: Connection, input: UnitInput, folder: string) => Promise<T>,
): Promise<T> {
  return withScratch(async (folder) => {
    const pieces = factsFiles(facts).map(({ object }, index) => ({
      object,
      file: join(folder, `facts-${index}.parquet`),
    }));
    for (const { object, file } of pieces) await target.objects.download(object, file);
    const files = pieces.map(({ file }) => file);
    return withConnection((connection) =>
      work(connection, { context: target.context, unit, facts, files }, folder),
    );
  });
}
