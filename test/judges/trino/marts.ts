import { SHIPPED_MARTS } from '../../../marts/shipped.ts';

/** A mart with columns of every kind that a table can store, and what is easily got wrong: whole-number division, times, text lengths. */
const KINDS = `/*---
description: Days and what they hold, in every type that a mart can store.
grain: [site, dt]
inputs: { events: all, sessions: all }
rebuild: full
columns:
  site: The site.
  dt: Its local day.
  day: The same as a date.
  size: many or few.
  views_each: Views of a visitor, cut to whole ones.
  share: Views of all events, a decimal.
  first_at: Time of the first event.
  hours: Hours since midnight UTC with an event.
  by_type: Events by type.
  longest: The longest session, and who had it.
  mark: Two bytes.
  ratio: A float.
tests:
  - name: somebody came
    sql: SELECT count(*) FROM {{mart}} WHERE views_each < 0 OR first_at IS NULL
---*/
WITH days AS (
  SELECT site, dt, count(*) AS n, count_if(event_type = 'page_view') AS views, count(DISTINCT visitor_id) AS people,
    min(event_time) AS first_at, array_sort(array_agg(DISTINCT CAST(hour(event_time) AS integer))) AS hours
  FROM events GROUP BY site, dt
),
types AS (
  SELECT site, dt, map_agg(event_type, n) AS by_type
  FROM (SELECT site, dt, event_type, count(*) AS n FROM events GROUP BY site, dt, event_type) t GROUP BY site, dt
),
stays AS (
  SELECT site, dt, max(duration_seconds) AS longest, min(session_id) AS session_id FROM sessions GROUP BY site, dt
)
SELECT d.site, d.dt, CAST(d.dt AS date) AS day, CASE WHEN d.n > 200 THEN 'many' ELSE 'few' END AS size,
  d.views / d.people AS views_each, CAST(d.views AS decimal(10, 2)) / CAST(d.n AS decimal(10, 2)) AS share,
  d.first_at, d.hours, t.by_type,
  CAST(ROW(s.longest, s.session_id) AS ROW(seconds double, session_id varchar)) AS longest,
  from_hex('00FF') AS mark, CAST(d.views AS real) / CAST(d.n AS real) AS ratio
FROM days d JOIN types t ON t.site = d.site AND t.dt = d.dt LEFT JOIN stays s ON s.site = d.site AND s.dt = d.dt
`;

export const MARTS: Readonly<Record<string, string>> = { ...SHIPPED_MARTS, mart_kinds: KINDS };

/** A later version: a longer text in one column, another column, another count of sessions. */
export const LATER_MARTS: Readonly<Record<string, string>> = {
  ...MARTS,
  mart_kinds: KINDS.replace("'few'", "'not so many'")
    .replace('  mark: Two bytes.', '  mark: Two bytes.\n  people: Visitors.')
    .replace("from_hex('00FF') AS mark", "d.people, from_hex('00FE') AS mark"),
};

export const DEFINITION = `
page_groups:
  - { name: Product, when: { field: url_path, starts_with: /product/ } }
  - { name: Checkout, when: { field: url_path, starts_with: /checkout } }
conversions:
  - { name: cart, when: { field: event_name, is: add_to_cart } }
  - { name: article, when: { field: url_path, starts_with: /posts/ }, value: 0.1 }
`;

/** Ten minutes end a session, and so does another campaign. */
export const LATER_DEFINITION = `sessions: { inactivity: 10m, on_campaign: utm }${DEFINITION}`;
