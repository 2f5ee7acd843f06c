import { openLake } from './lake.ts';

/** Twelve events of four visitors on two sites and three days; small enough to count by hand. */
export const EVENTS = `FROM (VALUES
 ( 1, 'v1', 'shop', '2026-03-01', '09:00:00.000', 'page_view', 'https://shop.example/?utm_source=news', NULL, '{"ab":"A","price":12.5}'),
 ( 2, 'v1', 'shop', '2026-03-01', '09:10:00.000', 'page_view', 'https://shop.example/cart', NULL, '{"ab":"A","items":["x","y"]}'),
 ( 3, 'v1', 'shop', '2026-03-01', '09:10:30.500', 'purchase',  'https://shop.example/cart', 20.0, '{"ab":"A","items":["x"],"order":{"id":7}}'),
 ( 4, 'v2', 'shop', '2026-03-01', '22:00:00.000', 'page_view', 'https://shop.example/', NULL, '{"ab":"B"}'),
 ( 5, 'v2', 'shop', '2026-03-02', '00:20:00.000', 'page_view', 'https://shop.example/sale/', NULL, '{"ab":"B"}'),
 ( 6, 'v3', 'shop', '2026-03-02', '08:00:00.000', 'page_view', 'https://shop.example/', NULL, NULL),
 ( 7, 'v3', 'shop', '2026-03-02', '08:45:00.000', 'purchase',  'https://shop.example/cart', 5.5, '{}'),
 ( 8, 'v1', 'shop', '2026-03-03', '09:00:00.000', 'page_view', 'https://shop.example/', NULL, '{"ab":"B"}'),
 ( 9, 'v1', 'blog', '2026-03-01', '10:00:00.000', 'page_view', 'https://blog.example/a', NULL, NULL),
 (10, 'v4', 'blog', '2026-03-02', '10:00:00.000', 'page_view', 'https://blog.example/b', NULL, NULL),
 (11, 'v4', 'blog', '2026-03-02', '10:29:59.999', 'page_view', 'https://blog.example/a', NULL, NULL),
 (12, 'v4', 'blog', '2026-03-03', '11:00:00.000', 'page_view', 'https://blog.example/b', NULL, NULL)
) t(id, visitor_id, site, dt, clock, event_name, url, value, properties)`;

/** A lake with those events as `events`, partitioned by (site, dt), and a table of visitors that isn't. */
export async function openSample() {
  const lake = await openLake();
  const columns =
    'id bigint; visitor_id string; event_time timestamp; event_name string; url string; value double; properties string';
  await lake.table('events', columns, 'site string; dt string');
  for (const site of ['shop', 'blog'])
    for (const dt of ['2026-03-01', '2026-03-02', '2026-03-03']) {
      const place = `events/site=${site}/dt=${dt}/`;
      await lake.parquet(
        `${place}part.parquet`,
        `SELECT id::BIGINT AS id, visitor_id, CAST(dt || ' ' || clock AS TIMESTAMP) AS event_time, event_name, url,
         value::DOUBLE AS value, properties ${EVENTS} WHERE site = '${site}' AND dt = '${dt}'`,
      );
      await lake.partitions('events', [{ values: [site, dt], location: `s3://lake/${place}` }]);
    }
  await lake.table('visitors', 'visitor_id string; plan string; seats int');
  await lake.parquet(
    'visitors/part.parquet',
    "SELECT * FROM (VALUES ('v1', 'pro', 3), ('v2', 'free', 1), ('v9', 'pro', NULL)) t(visitor_id, plan, seats)",
  );
  return lake;
}
