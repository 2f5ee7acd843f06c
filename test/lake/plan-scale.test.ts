import { beforeEach, expect, it } from 'vitest';
import { MANY_MARTS, SlowObjects, seedManySites } from '../../bench/many-sites.ts';
import { planCandidate } from '../../functions/sessionize/planning/read.ts';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { parseMart } from '../../shared/core/mart-file.ts';
import { candidateOf } from '../../shared/lake/candidate.ts';
import type { Read } from '../../shared/lake/changes.ts';
import { Lake } from '../../shared/lake/lake.ts';
import { readMarts } from '../../shared/lake/marts.ts';
import type { Release } from '../../shared/lake/releases.ts';

const SITES = 40;
const DAYS = 30;
const TAIL = 3;
const UNITS = SITES * DAYS;

let objects: SlowObjects;
let lake: Lake;
let release: Release;
beforeEach(() => {
  objects = new SlowObjects(20);
  release = seedManySites(objects, SITES, DAYS, TAIL);
  lake = new Lake(objects, { now: () => Date.parse('2026-01-02T00:00:00Z') });
});

function wanted(text: string): Read {
  const definition = parseDefinition(text, 'default.yaml');
  const marts = Object.entries(MANY_MARTS).map(
    ([name, sql]) => [name, parseMart(`${name}.sql`, sql)] as const,
  );
  return {
    definition,
    candidate: candidateOf(definition, readMarts(MANY_MARTS), {}),
    marts: Object.fromEntries(marts),
  };
}

async function plan(text: string) {
  return (await planCandidate(lake, wanted(text), release, 2)).plan;
}

/** A site: its newest checkpoint, and what the log says since. Once: the sites, the live definition. */
const ASKED = {
  'list config/sites': 1,
  'list state/checkpoints': SITES,
  'get state/checkpoints': SITES,
  'list state/log': SITES,
  'get state/log': SITES * TAIL,
  'get config/definitions': 1,
};

it('reads one checkpoint and the end of the log of each site, whatever their days', async () => {
  const found = await plan('sessions: { inactivity: 15m }');
  expect(objects.asked).toEqual(ASKED);
  expect(found.certain).toMatchObject({ boundaries: UNITS, sessions: 0, events: 0, mart_a: 0 });
  expect(found.at_most).toMatchObject({ boundaries: UNITS, sessions: UNITS, events: UNITS, mart_a: 1 });
  // One range for each site and dataset, one entry for each mart.
  expect(found.stale.length).toBe(SITES * 3 + 7);
});

it('the same for channels, whose keys are all known', async () => {
  const found = await plan('channels: [{ name: Paid, when: { field: utm_medium, is: cpc } }]');
  expect(objects.asked).toEqual(ASKED);
  expect(found.certain).toMatchObject({ boundaries: 0, sessions: UNITS, events: UNITS, mart_a: 1 });
});

it('the same for a scope of one site: the others keep their keys', async () => {
  const found = await plan('scopes: [{ sites: [site-1], sessions: { inactivity: 15m } }]');
  expect(objects.asked).toEqual(ASKED);
  expect(found.certain).toMatchObject({ boundaries: DAYS });
  const kept = UNITS - DAYS;
  expect(found.untouched).toMatchObject({ boundaries: kept, sessions: kept, events: kept });
});
