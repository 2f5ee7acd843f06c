-- By visitor, what a unit's hits add to the session that came in over its edge, in the order of bytes.
SELECT visitor_id, count(conversion_name) AS conversions,
  coalesce(sum(round(value * 1000000)::HUGEINT), 0)::VARCHAR AS millionths,
  bool_or(conversion_name IS NULL) AS is_internal
FROM read_parquet({{file}}) WHERE carried
GROUP BY visitor_id ORDER BY visitor_id
