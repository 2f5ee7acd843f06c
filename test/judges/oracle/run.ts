/**
 * Plays scenarios through real embedded lakes: one line of JSON in for each lake, one line out for each
 * step, holding the rows of the public tables as Athena's text. `judge.py` starts it and compares.
 */
import { createInterface } from 'node:readline';
import { canonicalEvent } from '../../../shared/core/event/canonical.ts';
import type { LandingRecord } from '../../../shared/core/event/types.ts';
import { type Change, ChangingDefinition, MARTS } from './changing-definition.ts';
import { type JudgedSite, openJudgedLake } from './judged-lake.ts';

/** A scenario: `steps` hold, for each arrival of data, landing objects of [site, event, sent_at, received]. */
interface Play {
  /** The first is the lake's; changes name the others. */
  definitions: unknown[];
  /** For each step, what happens to the definition. */
  changes: Change[][];
  sites: JudgedSite[];
  steps: Sent[][][];
  /** Columns to read of each table. */
  columns: Record<'events' | 'sessions' | 'conversions', string[]>;
}

type Sent = [site: number, event: Record<string, unknown>, sentAt: number | null, received: number];

async function play(
  { definitions, changes, sites, steps, columns }: Play,
  say: (line: object) => void,
): Promise<void> {
  const lake = await openJudgedLake(definitions[0], sites, definitions.length > 1 ? MARTS : {});
  const changing = new ChangingDefinition(lake, definitions);
  try {
    for (const [step, objects] of steps.entries()) {
      const asked = changes[step] ?? [];
      await changing.ask(asked);
      for (const sent of objects) await lake.land(sent.map((one) => landed(sites, one)));
      await changing.settle(asked);
      say({
        releases: await changing.releases(),
        events: await lake.rows('events', columns.events),
        sessions: await lake.rows('sessions', columns.sessions),
        conversions: await lake.rows('conversions', columns.conversions),
      });
    }
  } finally {
    await lake.close();
  }
}

function landed(sites: readonly JudgedSite[], [site, event, sentAt, receivedAt]: Sent): LandingRecord {
  const result = canonicalEvent(event, {
    site: { site: sites[site]!.site, privacy: { address: 'truncate', cookieless: false } },
    sentAt,
    receivedAt,
    visitor: null,
    bodyVisitorAllowed: true,
    userAgent: null,
    address: null,
    country: null,
    mintId: () => {
      throw new Error('every event of a scenario has an id');
    },
  });
  if ('ok' in result) return result.ok;
  throw new Error(`refused: ${JSON.stringify(result.rejected)} ${JSON.stringify(event)}`);
}

const say = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

for await (const line of createInterface({ input: process.stdin })) {
  try {
    await play(JSON.parse(line) as Play, say);
  } catch (error) {
    say({ error: (error as Error).stack ?? String(error) });
  }
}
