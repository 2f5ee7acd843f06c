-- Events of day {{day}} of one visitor who never pauses: {{events}} of them, evenly over the day.
-- Columns as facts.sql takes them.
SELECT 1::BIGINT AS v, {{day}}::BIGINT AS s, hash({{day}}) AS h, i AS e, hash({{day}}, i) AS x,
  (i * 86400000.0 / {{events}})::BIGINT AS ms
FROM range({{events}}) t(i)
