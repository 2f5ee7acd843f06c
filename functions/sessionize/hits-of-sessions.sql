-- By session, the hits of its unit.
CREATE OR REPLACE TEMP TABLE hits_of AS
SELECT session_id, count(conversion_name) AS conversions,
  coalesce(sum(round(value * 1000000)::HUGEINT), 0) AS millionths,
  bool_or(conversion_name IS NULL) AS is_internal
FROM {{hits}} WHERE session_id IS NOT NULL
GROUP BY session_id
