-- Events of one local date that some conversion takes, each with what every rule says of it.
CREATE OR REPLACE TEMP TABLE matched AS
SELECT * FROM (
  SELECT event_id, event_time, visitor_id, user_id, session_id, is_bot, is_internal,
    coalesce(session_id IN (SELECT session_id FROM carried_sessions), false) AS carried, {{columns}}
  FROM ({{events}})
)
WHERE {{any}}
