-- Events of day {{day}} of a long history: {{sessions}} sessions begin on each day, at any time, by visitors of a
-- pool of {{pool}} who come back; those that began late the day before run on into this one.
-- Columns as facts.sql takes them; a session's number is the same on both of its days.
WITH begun AS (
  SELECT d, i, hash(d, i) AS h, (hash(d, i, 7) % {{pool}})::BIGINT AS v
  FROM unnest([{{day}} - 1, {{day}}]) t(d), range({{sessions}}) u(i)
),
sent AS (
  SELECT v, d::BIGINT * 1000000 + i AS s, h, e, hash(d, i, e) AS x,
    ((d - {{day}})::BIGINT * 86400000 + (h % 86400000)::BIGINT + e * 45000 + (hash(d, i, e) % 40000)::BIGINT) AS ms
  FROM begun, unnest(range(1 + (h % 11)::BIGINT + CASE WHEN h % 97 = 0 THEN 20 ELSE 0 END)) w(e)
)
SELECT * FROM sent WHERE ms >= 0 AND ms < 86400000
