-- The sessions table as windows and one GROUP BY say it (inactivity alone; they can't say the other rules).
COPY (
  WITH gaps AS (
    SELECT *, lag(event_time) OVER (PARTITION BY visitor_id ORDER BY event_time, seq NULLS FIRST, event_id) AS before
    FROM read_parquet({{facts}})
  ),
  numbered AS (
    SELECT *, sum(CASE WHEN before IS NULL OR event_time - before > INTERVAL 30 MINUTE THEN 1 ELSE 0 END)
      OVER (PARTITION BY visitor_id ORDER BY event_time, seq NULLS FIRST, event_id) AS n
    FROM gaps
  )
  SELECT 'shop' AS site, strftime(min(event_time), '%Y-%m-%d') AS dt, md5('shop' || visitor_id || first(event_id ORDER BY event_time, event_id)) AS session_id,
    visitor_id, last(user_id ORDER BY event_time, event_id) FILTER (user_id IS NOT NULL) AS user_id,
    min(event_time) AS started_at, max(event_time) AS ended_at,
    epoch_ms(max(event_time)) / 1000 - epoch_ms(min(event_time)) / 1000 AS duration_seconds, count(*) AS event_count,
    count(*) FILTER (event_type IN ('page_view', 'screen_view')) AS page_views, count(*) = 1 AS is_bounce,
    first(url ORDER BY event_time, event_id) AS landing_url, first(url_path ORDER BY event_time, event_id) AS landing_page,
    last(url ORDER BY event_time, event_id) AS exit_url, last(url_path ORDER BY event_time, event_id) AS exit_page,
    first(referrer ORDER BY event_time, event_id) AS referrer, first(referrer_host ORDER BY event_time, event_id) AS referrer_host,
    first(utm_source ORDER BY event_time, event_id) AS utm_source, first(utm_medium ORDER BY event_time, event_id) AS utm_medium,
    first(utm_campaign ORDER BY event_time, event_id) AS utm_campaign, first(click_id ORDER BY event_time, event_id) AS click_id,
    first(user_agent ORDER BY event_time, event_id) AS user_agent, first(country ORDER BY event_time, event_id) AS country
  FROM numbered GROUP BY visitor_id, n
) TO {{out}} (FORMAT parquet, COMPRESSION zstd);
