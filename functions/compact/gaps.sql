-- Gaps in the numbers that visitors give their events (`seq`), within one unit. A visitor whose numbers span more
-- than ten times its events doesn't count by ones: clients may send any number.
SELECT coalesce(sum(n), 0)::BIGINT AS numbered, coalesce(sum(greatest(span - n, 0)), 0)::BIGINT AS missing
FROM (
  SELECT count(seq) AS n, max(seq) - min(seq) + 1 AS span
  FROM read_parquet({{files}})
  WHERE seq IS NOT NULL
  GROUP BY visitor_id
)
WHERE span <= 10 * n
