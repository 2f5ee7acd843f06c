import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { DefinitionsByDay } from '../../shared/core/definition/by-day.ts';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { sessionsOfHistory } from '../../shared/core/session/history.ts';
import { localDays } from '../../shared/core/time/local-date.ts';
import { instant } from './instant.ts';
import { eventsOf, idsOf, siteOf, type Vector } from './vector.ts';

const folder = new URL('../vectors/', import.meta.url);

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const vectors = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Vector[];
  describe(`sessions: ${file}`, () => {
    it.each(vectors)('$name', (vector) => {
      const site = siteOf(vector);
      const definition = parseDefinition(stringify(vector.definition ?? {}), 'vector.yaml');
      const definitions = new DefinitionsByDay(definition, 'any');
      const days = localDays(site.time_zone);
      const found = sessionsOfHistory(
        eventsOf(vector, (time) => instant(time, site.time_zone)),
        (day) => definitions.on(day),
        { hosts: site.hosts, dayOf: (ms) => days.dayOf(ms) },
      );
      // A vector lists a session's events with the engagement that joined it; the machine keeps them apart.
      const engaged = new Set(found.sessions.flatMap((session) => session.engagement));
      const wanted = vector.sessions.map(idsOf);
      const numbered = wanted.map((ids) => ids.filter((id) => !engaged.has(id)).join(' '));
      expect(found.sessions.map(({ events }) => events.join(' ')).sort()).toEqual(numbered.sort());
      for (const session of found.sessions) {
        const ids = wanted.find((candidate) => candidate.includes(session.events[0]!))!;
        expect(session.engagement).toEqual(ids.filter((id) => engaged.has(id)));
      }
      expect([...found.unassigned].sort()).toEqual(idsOf(vector.unassigned ?? []).sort());
    });
  });
}
