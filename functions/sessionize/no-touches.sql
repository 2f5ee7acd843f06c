-- No sessions at all, with the columns of touches.sql.
(SELECT NULL::VARCHAR AS visitor_id, NULL::VARCHAR AS session_id, NULL::TIMESTAMP AS started_at,
  NULL::BIGINT AS nth, NULL::VARCHAR AS channel, NULL::VARCHAR AS source, NULL::VARCHAR AS medium,
  NULL::VARCHAR AS utm_campaign, NULL::BOOLEAN AS is_bot, NULL::BOOLEAN AS is_internal WHERE false)
