-- What the walk reads of a fact: strings become codes, so that it goes over numbers.
(({{kind}})
+ CASE WHEN {{listed}} THEN 8 ELSE 0 END
+ CASE WHEN url IS NOT NULL THEN 16 ELSE 0 END
+ CASE WHEN user_id IS NOT NULL THEN 32 ELSE 0 END)::UTINYINT AS bits,
epoch_ms(event_time)::DOUBLE AS time,
{{campaign}} AS campaign_code,
{{referrer}} AS referrer_code,
CASE WHEN event_type = 'engagement' THEN coalesce(value, 0) ELSE 0 END::DOUBLE AS value
