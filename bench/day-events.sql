-- Events of a day: {{visitors}} visitors, about 1.28 sessions each, about 5.6 events a session.
-- Columns as facts.sql takes them: visitor, session, its hash, place in it, a hash of its own, ms since the start.
WITH sessions AS (
  SELECT v, s, hash(v, s) AS h
  FROM range({{visitors}}) t(v), unnest(range(1 + (hash(v) % 100 < 22)::INTEGER + (hash(v) % 100 < 6)::INTEGER)) u(s)
)
SELECT v, s, h, e, hash(v, s, e) AS x,
  (h % 82800000 + e * 45000 + hash(v, s, e) % 40000)::BIGINT AS ms
FROM sessions, unnest(range(1 + (h % 11)::BIGINT + CASE WHEN h % 97 = 0 THEN 20 ELSE 0 END)) w(e)
