-- The unit's facts so far and what arrived, as one table without copies.
-- A fact is (event id as sent, fingerprint). Of equal copies the smallest (event_time, received_at,
-- landing object, line) stays. The same id with other content is a collision: the smallest (event_time,
-- fingerprint) keeps the id, the others get a hash of both. Only ids that occur twice pay for windows.
CREATE OR REPLACE TEMP TABLE merged AS
WITH every_row AS (
  SELECT *, coalesce(collided_id, event_id) AS sent_id FROM known
  UNION ALL BY NAME
  SELECT *, NULL::VARCHAR AS collided_id, event_id AS sent_id FROM incoming
),
repeated AS (
  SELECT sent_id FROM every_row GROUP BY sent_id HAVING count(*) > 1
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
),
settled AS (
  SELECT * EXCLUDE (copy, claim) REPLACE (
    CASE WHEN claim = 1 THEN sent_id ELSE md5(sent_id || ':' || fingerprint) END AS event_id,
    CASE WHEN claim = 1 THEN NULL ELSE sent_id END AS collided_id
  )
  FROM claims
)
SELECT {{columns}} FROM every_row WHERE sent_id NOT IN (FROM repeated)
UNION ALL
SELECT {{columns}} FROM settled;
