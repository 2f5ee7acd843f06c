import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openTestLake } from '../lake/open.ts';
import { pageView } from '../lake/page-view.ts';

/** What means something to SQL, to templates, to paths, to shells or to spreadsheets, and nothing here. */
const HOSTILE = [
  `'; DROP TABLE events; --`,
  `"; ATTACH '/etc/passwd' AS x; --`,
  `{{mart}} {{facts}} \${slice} $1 $& $\``,
  `../../../../etc/passwd`,
  `=cmd|' /C calc'!A0`,
  `%2e%2e%2f%00`,
  `__proto__`,
  `a/* b */ -- c`,
  `Ünïcödé 🦆\u2028`,
];
const yaml = (text: string): string => JSON.stringify(text);
const MART = readFileSync(new URL('../../marts/mart_channels.sql', import.meta.url), 'utf8');
const AT = Date.parse('2026-03-01T10:00:00Z');

it('names that senders or editors choose are data all the way: never SQL, never a path, never a template', async () => {
  const definition = `
channels:
${HOSTILE.map((text) => `  - { name: ${yaml(text)}, when: { field: utm_medium, is: ${yaml(text)} } }`).join('\n')}
page_groups:
${HOSTILE.map((text) => `  - { name: ${yaml(text)}, when: { field: title, is: ${yaml(text)} } }`).join('\n')}
conversions:
${HOSTILE.map((text) => `  - { name: ${yaml(text)}, when: { field: event_name, is: ${yaml(text)} } }`).join('\n')}
`;
  const lake = await openTestLake(
    'site: shop\nhosts: [shop.example]\n',
    definition,
    {},
    { mart_channels: MART },
  );
  await lake.land(
    HOSTILE.flatMap((text, i) => {
      const medium = `/?utm_source=s&utm_medium=${encodeURIComponent(text)}`;
      const visitor = `visitor ${i} ${text}`;
      const properties = { [text]: text };
      return [
        pageView('shop', `page ${i} ${text}`, visitor, AT, medium, { title: text, user: text, properties }),
        pageView('shop', `event ${i} ${text}`, visitor, AT + 1000, '/', { type: 'event', name: text }),
      ];
    }),
  );
  await lake.drain();

  const rows = await lake.rows(
    `SELECT event_id, visitor_id, user_id, title, page_group, properties FROM events WHERE event_type = 'page_view'`,
  );
  const own = HOSTILE.map((text, i) => [
    `page ${i} ${text}`,
    `visitor ${i} ${text}`,
    text,
    text,
    text,
    JSON.stringify({ [text]: text }),
  ]);
  expect(rows.sort()).toEqual(own.sort());
  const names = [...HOSTILE].sort();
  for (const [table, column] of [
    ['sessions', 'channel'],
    ['sessions', 'medium'],
    ['mart_channels', 'channel'],
    ['conversions', 'conversion_name'],
  ]) {
    const found = await lake.rows(`SELECT DISTINCT ${column} FROM ${table}`);
    expect([table, column, found.flat().sort()]).toEqual([table, column, names]);
  }
  await lake.close();
});
