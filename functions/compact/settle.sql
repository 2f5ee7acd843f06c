-- What becomes of facts under an id that arrives and was there before, or arrives twice. A fact is (event id as
-- sent, fingerprint). Of equal copies the smallest (event_time, received_at, landing object, line) stays. The same
-- id with other content is a collision: the smallest (event_time, fingerprint) keeps the id, the others get a hash
-- of both. Only narrow columns of few rows: a fact's place (home, landing object, line) says which it is.
CREATE OR REPLACE TEMP TABLE fates AS
WITH contenders AS (
  SELECT {{unit}} AS home, landing_object, landing_line, event_id, collided_id, fingerprint, event_time, received_at,
    landing_object IN (SELECT object FROM landed) AS is_new
  FROM arrived WHERE hash(coalesce(collided_id, event_id)) IN (FROM repeated)
  UNION ALL BY NAME
  SELECT home, landing_object, landing_line, event_id, collided_id, fingerprint, event_time, received_at, false AS is_new
  FROM foreign_rows
),
-- Ids that nothing new came under were settled before, perhaps with rows that are not here.
touched AS (
  SELECT *, coalesce(collided_id, event_id) AS sent_id FROM contenders
  QUALIFY bool_or(is_new) OVER (PARTITION BY sent_id)
),
copies AS (
  SELECT *, bool_or(NOT is_new) OVER (PARTITION BY sent_id, fingerprint) AS known_before, row_number() OVER (
    PARTITION BY sent_id, fingerprint ORDER BY event_time, received_at, landing_object, landing_line
  ) > 1 AS dropped
  FROM touched
),
claims AS (
  SELECT *, row_number() OVER (PARTITION BY sent_id, dropped ORDER BY event_time, fingerprint) = 1 AS keeps
  FROM copies
)
SELECT home, landing_object, landing_line, is_new, known_before, dropped, event_id, collided_id,
  CASE WHEN keeps THEN sent_id ELSE md5(sent_id || ':' || fingerprint) END AS new_event_id,
  CASE WHEN keeps THEN NULL ELSE sent_id END AS new_collided_id
FROM claims;

CREATE OR REPLACE TEMP TABLE changes AS
SELECT home, landing_object, landing_line, is_new, dropped, new_event_id, new_collided_id FROM fates
WHERE dropped OR new_event_id <> event_id OR new_collided_id IS DISTINCT FROM collided_id;
