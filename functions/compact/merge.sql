-- The unit's facts so far, what arrived, and rows of neighbouring units under the same ids, without copies.
-- A fact is (event id as sent, fingerprint). Of equal copies the smallest (event_time, received_at,
-- landing object, line) stays. The same id with other content is a collision: the smallest (event_time,
-- fingerprint) keeps the id, the others get a hash of both. Only ids that occur twice pay for windows.
CREATE OR REPLACE TEMP TABLE repeated AS
SELECT sent_id FROM (
  SELECT coalesce(collided_id, event_id) AS sent_id FROM known
  UNION ALL SELECT event_id FROM incoming
  UNION ALL SELECT coalesce(collided_id, event_id) FROM foreign_rows
)
GROUP BY sent_id HAVING count(*) > 1;

CREATE OR REPLACE TEMP TABLE settled_rows AS
WITH every_row AS (
  SELECT *, coalesce(collided_id, event_id) AS sent_id, {{unit}} AS home FROM known
  UNION ALL BY NAME
  SELECT *, NULL::VARCHAR AS collided_id, event_id AS sent_id, {{unit}} AS home FROM incoming
  UNION ALL BY NAME
  SELECT *, coalesce(collided_id, event_id) AS sent_id FROM foreign_rows
),
copies AS (
  SELECT *, row_number() OVER (
    PARTITION BY sent_id, fingerprint ORDER BY event_time, received_at, landing_object, landing_line
  ) AS copy
  FROM every_row WHERE sent_id IN (FROM repeated)
),
claims AS (
  SELECT *, row_number() OVER (PARTITION BY sent_id ORDER BY event_time, fingerprint) AS claim
  FROM copies WHERE copy = 1
)
SELECT * EXCLUDE (copy, claim) REPLACE (
  CASE WHEN claim = 1 THEN sent_id ELSE md5(sent_id || ':' || fingerprint) END AS event_id,
  CASE WHEN claim = 1 THEN NULL ELSE sent_id END AS collided_id
)
FROM claims;

CREATE OR REPLACE TEMP TABLE merged AS
SELECT {{columns}} FROM known WHERE coalesce(collided_id, event_id) NOT IN (FROM repeated)
UNION ALL BY NAME
SELECT *, NULL::VARCHAR AS collided_id FROM incoming WHERE event_id NOT IN (FROM repeated)
UNION ALL BY NAME
SELECT {{columns}} FROM settled_rows WHERE home = {{unit}};
