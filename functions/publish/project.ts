import type { GlueCatalog } from '../../shared/clients/glue-catalog.ts';
import { projectionKey } from '../../shared/lake/keys.ts';
import type { Lake } from '../../shared/lake/lake.ts';
import type { SiteIndex } from '../../shared/lake/site-index.ts';
import { hashOf } from '../../shared/lake/slices.ts';
import { PUBLIC_TABLES, type PublicTable } from '../../shared/lake/tables.ts';

/** What the catalog shows of a site: table, then slice/dt/unit, then location. */
interface Projection {
  /** Entry of the site's log up to which the catalog is. */
  n: number;
  shown: Record<string, Record<string, string>>;
}

/** What the catalog shows of a site after a projection, as the log said it at that moment. */
export interface ShownSite {
  /** Partitions that were pointed somewhere new or removed. */
  touched: number;
  facts_n: number;
  ready: Record<string, number>;
  /** Table, then slice: a hash of all results. */
  inputs: Record<string, Record<string, string>>;
}

/**
 * Makes the catalog show what the log of a site says, of every slice: only partitions that moved
 * are touched, those of the live slices first. The note of what is shown is written after the catalog, so a crash repeats, never skips;
 * when another call got further meanwhile, its note stands and this one looks again: at what moved since,
 * and at every partition that it touched itself, for it may have overwritten what the other one showed.
 */
export async function projectSite(
  lake: Lake,
  catalog: GlueCatalog,
  bucketUri: string,
  site: string,
  slices: Record<string, string>,
): Promise<ShownSite> {
  let touched = 0;
  /** By table, partitions that an attempt touched whose note was not written. */
  const doubtful: Record<PublicTable, Set<string>> = {
    events: new Set(),
    sessions: new Set(),
    conversions: new Set(),
  };
  for (;;) {
    const note = await lake.objects.get(projectionKey(site));
    const before: Projection = note ? JSON.parse(note.body.toString('utf8')) : { n: 0, shown: {} };
    const index = await lake.log(site).read();
    // Now, before anything is awaited: the index moves with its log.
    const said = { facts_n: index.facts_n, ready: { ...index.ready }, inputs: inputsOf(index) };
    const after: Projection = { n: Math.max(index.n, before.n), shown: {} };
    if (index.n < before.n) return { touched, ...said };
    for (const table of Object.keys(PUBLIC_TABLES) as PublicTable[]) {
      const had = before.shown[table] ?? {};
      const slice = slices[table]!;
      const now: Record<string, string> = {};
      for (const [unit, state] of Object.entries(index.units)) {
        for (const [ofSlice, ref] of Object.entries(state.results[table] ?? {})) {
          for (const part of ref.parts ?? []) now[`${ofSlice}/${part.dt}/${unit}`] = part.folder;
        }
      }
      const doubt = doubtful[table];
      const moved = Object.keys(now).filter((name) => now[name] !== had[name] || doubt.has(name));
      // The live slice's partitions first: they are what people look at.
      moved.sort((a, b) => Number(b.startsWith(slice)) - Number(a.startsWith(slice)));
      const gone = [...new Set([...Object.keys(had), ...doubt])].filter((name) => now[name] === undefined);
      const values = (name: string): string[] => {
        const [ofSlice, dt, unit] = name.split('/') as [string, string, string];
        return [ofSlice, site, dt, unit];
      };
      await catalog.putPartitions(
        `${table}_all`,
        moved.map((name) => ({ values: values(name), location: `${bucketUri}/${now[name]}` })),
      );
      await catalog.dropPartitions(`${table}_all`, gone.map(values));
      touched += moved.length + gone.length;
      for (const name of [...moved, ...gone]) doubt.add(name);
      after.shown[table] = now;
    }
    const outcome = await lake.objects.put(
      projectionKey(site),
      JSON.stringify(after),
      note ? { ifMatch: note.etag } : { ifAbsent: true },
    );
    if (outcome === 'written') return { touched, ...said };
  }
}

function inputsOf(index: SiteIndex): ShownSite['inputs'] {
  const inputs: ShownSite['inputs'] = {};
  for (const table of Object.keys(PUBLIC_TABLES) as PublicTable[]) {
    const bySlice: Record<string, string[]> = {};
    for (const unit of Object.keys(index.units).sort()) {
      for (const [slice, ref] of Object.entries(index.units[unit]!.results[table] ?? {})) {
        bySlice[slice] ??= [];
        bySlice[slice].push(`${unit}/${ref.key}`);
      }
    }
    inputs[table] = Object.fromEntries(
      Object.entries(bySlice).map(([slice, results]) => [slice, hashOf(results)]),
    );
  }
  return inputs;
}
