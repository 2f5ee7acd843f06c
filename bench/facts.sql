-- Events of one day of one site as facts. Everything hangs on hashes of (visitor, session, event): the same
-- numbers, the same day.
COPY (
  WITH events AS (
{{events}}
  ),
  pages AS (
    SELECT *, '/c' || (x % 40) || '/' || substr(md5((x % 9000)::VARCHAR), 1, 10 + (x % 20)::INTEGER) AS path,
      h % 5 = 0 AND e = 0 AS tagged
    FROM events
  )
  SELECT
    md5(v || ':' || s || ':' || e) AS event_id,
    make_timestamp(({{start}} + ms) * 1000) AS event_time,
    make_timestamp(({{start}} + ms + (x % 3000)::BIGINT) * 1000) AS received_at,
    NULL::BIGINT AS seq,
    md5('visitor ' || v) AS visitor_id,
    CASE WHEN h % 10 = 0 THEN 'user-' || v END AS user_id,
    CASE WHEN x % 9 = 8 THEN 'event' ELSE 'page_view' END AS event_type,
    CASE WHEN x % 9 = 8 THEN ['add_to_cart', 'search', 'purchase', 'video'][1 + (x % 4)::INTEGER] END AS event_name,
    CASE WHEN x % 45 = 8 THEN (x % 20000) / 100.0 END::DOUBLE AS value,
    CASE WHEN x % 3 = 0 THEN '{"plan":"' || (x % 7) || '","list":"' || (x % 300) || '","position":' || (x % 50) || '}' ELSE '{}' END AS properties,
    'https://shop.example' || path || CASE WHEN tagged THEN '?utm_source=s' || (h % 12) || '&utm_medium=cpc&utm_campaign=c' || (h % 60) ELSE '' END AS url,
    'shop.example' AS url_host, path AS url_path,
    CASE WHEN tagged THEN 's' || (h % 12) END AS utm_source,
    CASE WHEN tagged THEN 'cpc' END AS utm_medium,
    CASE WHEN tagged THEN 'c' || (h % 60) END AS utm_campaign,
    NULL::VARCHAR AS utm_term, NULL::VARCHAR AS utm_content,
    CASE WHEN e = 0 AND h % 23 = 0 THEN 'gclid=' || md5(h::VARCHAR) END AS click_id,
    'Product ' || (x % 9000) AS title,
    CASE WHEN e > 0 THEN 'https://shop.example/c' || (x % 40) || '/' WHEN h % 3 = 0 THEN 'https://www.google.com/' WHEN h % 7 = 0 THEN 'https://news' || (h % 400) || '.example/item/' || (h % 5000) END AS referrer,
    CASE WHEN e > 0 THEN 'shop.example' WHEN h % 3 = 0 THEN 'google.com' WHEN h % 7 = 0 THEN 'news' || (h % 400) || '.example' END AS referrer_host,
    'Mozilla/5.0 (' || ['Windows NT 10.0; Win64; x64', 'Macintosh; Intel Mac OS X 10_15_7', 'iPhone; CPU iPhone OS 18_1 like Mac OS X', 'Linux; Android 15; Pixel 9'][1 + (hash(v) % 4)::INTEGER] || ') AppleWebKit/537.36 (KHTML, like Gecko) Chrome/' || (100 + hash(v, 1) % 40) || '.0.' || (hash(v, 2) % 12) || '.0 Safari/537.36' AS user_agent,
    '203.0.' || (hash(v) % 250) || '.0' AS address,
    ['DE', 'FR', 'JP', 'US', 'GB', 'BR'][1 + (hash(v) % 6)::INTEGER] AS country,
    md5(v || '-' || s || '-' || e) AS fingerprint,
    'landing/dt=2026-03-10/hh=' || lpad(((ms // 3600000)::INTEGER)::VARCHAR, 2, '0') || '/' || ({{start}} + ms // 20000 * 20000) || '-0123456789abcdef.ndjson.gz' AS landing_object,
    (x % 5000)::BIGINT AS landing_line,
    NULL::VARCHAR AS collided_id
  FROM pages
  ORDER BY visitor_id, event_time, seq NULLS FIRST, event_id
) TO {{out}} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880);
