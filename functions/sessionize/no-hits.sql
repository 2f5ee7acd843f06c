-- No hits, with the columns of a hits file that sessions read.
(SELECT NULL::VARCHAR AS session_id, NULL::VARCHAR AS conversion_name, NULL::DOUBLE AS value WHERE false)
