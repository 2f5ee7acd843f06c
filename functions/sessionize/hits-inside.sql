-- Sessions with an internal event on one local date: one row each, without a conversion's name.
INSERT INTO hits
SELECT {{dt}}, NULL, NULL, NULL, visitor_id, NULL, session_id, NULL, NULL, false, true,
  session_id IN (SELECT session_id FROM carried_sessions)
FROM (SELECT DISTINCT visitor_id, session_id FROM ({{events}}) WHERE is_internal AND session_id IS NOT NULL)
