-- What Athena's functions and casts do where DuckDB's own differ. A failed t_ok casts its message to
-- BOOLEAN: an error that TRY() can catch, unlike error().
CREATE MACRO t_ok(fine, message) AS CASE WHEN (fine) IS FALSE THEN CAST(message AS BOOLEAN) ELSE TRUE END;
CREATE MACRO t_decimal_text(x) AS regexp_replace(CAST(x AS VARCHAR), '^(-?)[.]', '\10.');
CREATE MACRO t_trimmed(s) AS regexp_replace(s, '^[\x00-\x20]+|[\x00-\x20]+$', '', 'g');
CREATE MACRO t_divide(a, b) AS CASE WHEN t_ok(b <> 0 OR a IS NULL, 'DIVISION_BY_ZERO: Division by zero') THEN a // b END;
CREATE MACRO t_modulo(a, b) AS CASE WHEN t_ok(b <> 0 OR a IS NULL, 'DIVISION_BY_ZERO: Division by zero') THEN a % b END;
CREATE MACRO t_float_modulo(a, b) AS CASE WHEN b = 0 THEN CAST('nan' AS DOUBLE) ELSE a % b END;
CREATE MACRO t_finite(x) AS CASE WHEN isfinite(x) THEN x END;
CREATE MACRO t_ln(x) AS CASE WHEN x = 0 THEN CAST('-inf' AS DOUBLE) WHEN x < 0 THEN CAST('nan' AS DOUBLE) ELSE ln(x) END;
CREATE MACRO t_width_bucket(x, lo, hi, n) AS CASE WHEN t_ok(n > 0 AND lo <> hi OR x IS NULL, 'INVALID_FUNCTION_ARGUMENT: bucketCount must be greater than 0 and the bounds must differ')
  THEN CASE WHEN lo < hi THEN CASE WHEN x < lo THEN 0 WHEN x >= hi THEN n + 1 ELSE CAST(floor(n * (x - lo) / (hi - lo)) AS BIGINT) + 1 END
       ELSE CASE WHEN x > lo THEN 0 WHEN x <= hi THEN n + 1 ELSE CAST(floor(n * (lo - x) / (lo - hi)) AS BIGINT) + 1 END END END;

CREATE MACRO t_spaces() AS chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(28) || chr(29) || chr(30) || chr(31) || chr(32) || chr(5760) || chr(8192) || chr(8193) || chr(8194) || chr(8195) || chr(8196) || chr(8197) || chr(8198) || chr(8200) || chr(8201) || chr(8202) || chr(8232) || chr(8233) || chr(8287) || chr(12288);
CREATE MACRO t_substr(s, p) AS CASE WHEN p > 0 THEN substring(s, p) WHEN p = 0 OR -p > length(s) THEN CASE WHEN s IS NOT NULL THEN '' END ELSE substring(s, length(s) + p + 1) END;
CREATE MACRO t_substr3(s, p, n) AS CASE WHEN n IS NULL THEN NULL WHEN n <= 0 THEN CASE WHEN s IS NOT NULL AND p IS NOT NULL THEN '' END ELSE left(t_substr(s, p), n) END;
CREATE MACRO t_replace(s, a, b) AS CASE WHEN t_ok(a <> '' OR s IS NULL OR b IS NULL, 'NOT_SUPPORTED: replace of an empty text is not supported by the embedded Athena') THEN replace(s, a, b) END;
CREATE MACRO t_pad(padded, n, p) AS CASE WHEN t_ok(n >= 0 AND n <= 2147483647 OR padded IS NULL, 'INVALID_FUNCTION_ARGUMENT: Target length must be in the range [0..2147483647]') AND t_ok(p <> '' OR padded IS NULL, 'INVALID_FUNCTION_ARGUMENT: Padding string must not be empty') THEN padded END;
CREATE MACRO t_codepoint(s) AS CASE WHEN t_ok(length(s) = 1, 'INVALID_FUNCTION_ARGUMENT: codepoint takes a text of one character') THEN unicode(s) END;
CREATE MACRO t_upper(s) AS CASE WHEN contains(s, 'ß') THEN array_to_string(list_transform(string_split(s, 'ß'), lambda x: upper(x)), 'ß') ELSE upper(s) END;
CREATE MACRO t_wide(s, n, left_side) AS CASE WHEN length(s) >= n THEN s WHEN left_side THEN s || repeat(' ', n - length(s)) ELSE repeat(' ', n - length(s)) || s END;
CREATE MACRO t_split(s, d) AS CASE WHEN t_ok(d <> '' OR s IS NULL, 'INVALID_FUNCTION_ARGUMENT: The delimiter may not be the empty string') THEN string_split(s, d) END;
CREATE MACRO t_split_part(s, d, n) AS CASE WHEN t_ok(n > 0 OR s IS NULL OR d IS NULL, 'INVALID_FUNCTION_ARGUMENT: Index must be greater than zero') AND t_ok(d <> '' OR s IS NULL, 'NOT_SUPPORTED: split_part with an empty delimiter is not supported by the embedded Athena') THEN string_split(s, d)[n] END;
CREATE MACRO t_fits(s, n) AS CASE WHEN t_ok(length(s) <= n, 'INVALID_CAST_ARGUMENT: Value cannot be represented as varchar(' || n || ')') THEN s END;

CREATE MACRO t_size(kind) AS CASE kind WHEN 'tinyint' THEN 127 WHEN 'smallint' THEN 32767 WHEN 'integer' THEN 2147483647 ELSE 9223372036854775807 END;
CREATE MACRO t_cast_integer(s, kind, nothing) AS CASE WHEN t_ok(regexp_full_match(t_trimmed(s), '[+-]?[0-9]+') AND TRY_CAST(t_trimmed(s) AS HUGEINT) BETWEEN -t_size(kind) - 1 AND t_size(kind), 'INVALID_CAST_ARGUMENT: Cannot cast ''' || s || ''' to ' || upper(replace(kind, 'integer', 'int'))) THEN cast_to_type(t_trimmed(s), nothing) END;
CREATE MACRO t_cast_double(s) AS CASE WHEN t_ok(regexp_full_match(s, '[\x00-\x20]*[+-]?(NaN|Infinity|([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[dDfF]?)[\x00-\x20]*'), 'INVALID_CAST_ARGUMENT: Cannot cast ''' || s || ''' to DOUBLE') THEN CAST(regexp_replace(t_trimmed(s), '([0-9.])[dDfF]$', '\1') AS DOUBLE) END;
CREATE MACRO t_cast_decimal(s, nothing) AS CASE WHEN t_ok(regexp_full_match(s, '[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?'), 'INVALID_CAST_ARGUMENT: Cannot cast VARCHAR ''' || s || ''' to DECIMAL') THEN cast_to_type(s, nothing) END;
CREATE MACRO t_cast_boolean(s) AS CASE WHEN t_ok(lower(s) IN ('t', 'true', '1', 'f', 'false', '0'), 'INVALID_CAST_ARGUMENT: Cannot cast ''' || s || ''' to BOOLEAN') THEN lower(s) IN ('t', 'true', '1') END;
CREATE MACRO t_cast_date(s) AS CASE WHEN t_ok(regexp_full_match(trim(s), '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}') AND TRY_CAST(trim(s) AS DATE) IS NOT NULL, 'INVALID_CAST_ARGUMENT: Value cannot be cast to date: ' || s) THEN CAST(trim(s) AS DATE) END;
CREATE MACRO t_clock(s) AS CASE WHEN regexp_full_match(s, '[^:]*:[^:]*') THEN s || ':00' ELSE s END;
CREATE MACRO t_cast_timestamp(s) AS CASE WHEN t_ok(regexp_full_match(trim(s), '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}( [0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}(\.[0-9]{1,12})?)?)?') AND TRY_CAST(t_clock(trim(s)) AS TIMESTAMP) IS NOT NULL, 'INVALID_CAST_ARGUMENT: Value cannot be cast to timestamp: ' || s) THEN make_timestamp((epoch_us(CAST(t_clock(trim(s)) AS TIMESTAMP)) + 500) // 1000 * 1000) END;
CREATE MACRO t_double_text(x) AS js_double_text(x);
CREATE MACRO t_interval_ms(i) AS CAST(round(epoch(i) * 1000) AS BIGINT);
CREATE MACRO t_interval_text(i) AS CASE WHEN t_interval_ms(i) < 0 THEN '-' ELSE '' END || (abs(t_interval_ms(i)) // 86400000) || ' ' || strftime(make_timestamp(abs(t_interval_ms(i)) % 86400000 * 1000), '%H:%M:%S.%g');

CREATE MACRO t_date_step(d, ms) AS CASE WHEN t_ok(ms % 86400000 = 0 OR d IS NULL, 'INVALID_FUNCTION_ARGUMENT: Cannot add hour, minutes or seconds to a date') THEN d + CAST(ms // 86400000 AS INTEGER) END;
CREATE MACRO t_iso_date(s) AS CASE WHEN t_ok(regexp_full_match(s, '[0-9]{4}-[0-9]{2}-[0-9]{2}') AND TRY_CAST(s AS DATE) IS NOT NULL, 'INVALID_FUNCTION_ARGUMENT: Invalid format: "' || s || '"') THEN CAST(s AS DATE) END;
CREATE MACRO t_iso_moment(s) AS CASE WHEN t_ok(regexp_full_match(s, '[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}(:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?)?)?') AND TRY_CAST(js_iso(s) AS TIMESTAMPTZ) IS NOT NULL, 'INVALID_FUNCTION_ARGUMENT: Invalid format: "' || s || '"') THEN CAST(js_iso(s) AS TIMESTAMPTZ) END;
CREATE MACRO t_offset(minutes) AS CASE WHEN minutes < 0 THEN '-' ELSE '+' END || lpad(CAST(abs(minutes) // 60 AS VARCHAR), 2, '0') || ':' || lpad(CAST(abs(minutes) % 60 AS VARCHAR), 2, '0');
CREATE MACRO t_iso_utc(s) AS CASE WHEN t_ok(NOT regexp_matches(s, 'T.*[+-]') OR regexp_matches(s, '[+-]00(:?00)?$'), 'NOT_SUPPORTED: from_iso8601_timestamp of a text with an offset needs AT TIME ZONE ''UTC'' after it in the embedded Athena') THEN t_iso_moment(s) END;
-- Complete months between two clocks, counting as Joda does: the last day of a month completes it.
CREATE MACRO t_months_forward(a, b) AS (datepart('year', b) - datepart('year', a)) * 12 + datepart('month', b) - datepart('month', a)
  - CASE WHEN b < a + to_months(CAST((datepart('year', b) - datepart('year', a)) * 12 + datepart('month', b) - datepart('month', a) AS INTEGER)) THEN 1 ELSE 0 END;
CREATE MACRO t_months(a, b) AS CASE WHEN b >= a THEN t_months_forward(a, b) ELSE -t_months_forward(b, a) END;
CREATE MACRO t_units(a, b, us) AS (epoch_us(b) - epoch_us(a)) // us;

CREATE MACRO t_subscript(l, i) AS CASE WHEN t_ok(i <> 0 OR l IS NULL, 'INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1') AND t_ok(i > 0 OR l IS NULL, 'INVALID_FUNCTION_ARGUMENT: Array subscript is negative: ' || i) AND t_ok(i <= len(l), 'INVALID_FUNCTION_ARGUMENT: Array subscript must be less than or equal to array length: ' || i || ' > ' || len(l)) THEN l[i] END;
CREATE MACRO t_same_lists(a, b) AS CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN CASE WHEN len(a) <> len(b) THEN FALSE WHEN t_ok(len(a) = list_count(a) AND len(b) = list_count(b), 'NOT_SUPPORTED: comparing arrays with nulls inside is not supported by the embedded Athena') THEN a = b END END;
CREATE MACRO t_hamming(a, b) AS CASE WHEN t_ok(length(a) = length(b), 'INVALID_FUNCTION_ARGUMENT: The input strings to hamming_distance function must have the same length') THEN hamming(a, b) END;
CREATE MACRO t_split3(s, d, n) AS CASE WHEN t_ok(n > 0 OR s IS NULL OR d IS NULL, 'INVALID_FUNCTION_ARGUMENT: Limit must be positive') THEN CASE WHEN len(t_split(s, d)) <= n THEN t_split(s, d) ELSE list_append(t_split(s, d)[1:n - 1], array_to_string(t_split(s, d)[n:], d)) END END;
CREATE MACRO t_nth(s, p, n) AS CASE WHEN t_ok(n > 0 OR s IS NULL OR p IS NULL, 'NOT_SUPPORTED: strpos from the end is not supported by the embedded Athena') AND t_ok(p <> '' OR s IS NULL, 'NOT_SUPPORTED: strpos of an empty text is not supported by the embedded Athena') THEN CASE WHEN len(string_split(s, p)) <= n THEN 0 ELSE length(array_to_string(string_split(s, p)[1:n], p)) + 1 END END;
CREATE MACRO t_element(l, i) AS CASE WHEN t_ok(i <> 0 OR l IS NULL, 'INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1') THEN l[i] END;
CREATE MACRO t_map_at(m, k, shown) AS CASE WHEN t_ok(map_contains(m, k), 'INVALID_FUNCTION_ARGUMENT: Key not present in map: ' || shown) THEN element_at(m, k)[1] END;
CREATE MACRO t_map_get(m, k) AS map_extract(m, k)[1];
CREATE MACRO t_map(ks, vs) AS CASE WHEN t_ok(len(ks) = len(vs), 'INVALID_FUNCTION_ARGUMENT: Key and value arrays must be the same length') AND t_ok(len(ks) = list_count(ks), 'INVALID_FUNCTION_ARGUMENT: map key cannot be null') AND t_ok(len(list_distinct(ks)) = len(ks), 'INVALID_FUNCTION_ARGUMENT: Duplicate map keys are not allowed') THEN MAP(ks, vs) END;
CREATE MACRO t_first_keys(es) AS list_filter(es, lambda e, i: e.k IS NOT NULL AND list_position(list_transform(es, lambda o: o.k), e.k) = i);
CREATE MACRO t_split_to_map(s, e, kv) AS CASE WHEN t_ok(e <> '' AND kv <> '' AND e <> kv OR s IS NULL, 'INVALID_FUNCTION_ARGUMENT: the delimiters must not be empty, nor the same') AND t_ok(s = '' OR len(list_filter(string_split(s, e), lambda p: len(string_split(p, kv)) <> 2)) = 0, 'INVALID_FUNCTION_ARGUMENT: Key-value delimiter must appear exactly once in each entry. Bad input: ''' || s || '''') THEN CASE WHEN s = '' THEN t_map(CAST([] AS VARCHAR[]), CAST([] AS VARCHAR[])) ELSE t_map(list_transform(string_split(s, e), lambda p: string_split(p, kv)[1]), list_transform(string_split(s, e), lambda p: string_split(p, kv)[2])) END END;
CREATE MACRO t_map_of(es) AS CASE WHEN len(es) > 0 THEN MAP(list_transform(t_first_keys(es), lambda e: e.k), list_transform(t_first_keys(es), lambda e: e.v)) END;
CREATE MACRO t_contains(l, x) AS CASE WHEN x IS NULL THEN NULL WHEN list_contains(l, x) THEN TRUE WHEN len(l) > list_count(l) THEN NULL ELSE list_contains(l, x) END;
CREATE MACRO t_distinct(l) AS list_filter(l, lambda x, i: list_position(l, x) = i);
CREATE MACRO t_without(l, x) AS CASE WHEN x IS NOT NULL THEN CASE WHEN t_ok(list_count(l) = len(l), 'NOT_SUPPORTED: array_remove from an array with nulls is not supported by the embedded Athena') THEN list_filter(l, lambda e: e <> x) END END;
CREATE MACRO t_common(a, b) AS list_filter(t_distinct(a), lambda x: list_position(b, x) IS NOT NULL);
-- In the order of the longer one, as Trino walks them.
CREATE MACRO t_intersect(a, b) AS CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN CASE WHEN len(a) < len(b) THEN t_common(b, a) ELSE t_common(a, b) END END;
CREATE MACRO t_except(a, b) AS CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN list_filter(t_distinct(a), lambda x: list_position(b, x) IS NULL) END;
CREATE MACRO t_concat_lists(a, b) AS CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN list_concat(a, b) END;
CREATE MACRO t_slice(l, p, n) AS CASE WHEN t_ok(p <> 0 OR l IS NULL OR n IS NULL, 'INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1') AND t_ok(n >= 0 OR l IS NULL OR p IS NULL, 'INVALID_FUNCTION_ARGUMENT: length must be greater than or equal to 0')
  THEN CASE WHEN n = 0 OR -p > len(l) OR p > len(l) THEN CASE WHEN l IS NOT NULL AND p IS NOT NULL AND n IS NOT NULL THEN l[1:0] END ELSE list_slice(l, CASE WHEN p > 0 THEN p ELSE len(l) + p + 1 END, CASE WHEN p > 0 THEN p ELSE len(l) + p + 1 END + n - 1) END END;
CREATE MACRO t_series(a, b, s) AS CASE WHEN t_ok(s <> 0 AND (b - a) * sign(s) >= 0 OR a IS NULL OR b IS NULL, 'INVALID_FUNCTION_ARGUMENT: sequence stop value should be greater than or equal to start value if step is greater than zero otherwise stop should be less than or equal to start') AND t_ok((b - a) // s < 10000, 'INVALID_FUNCTION_ARGUMENT: result of sequence function must not have more than 10000 entries') THEN generate_series(a, b, s) END;
CREATE MACRO t_percentile(l, p) AS CASE WHEN t_ok(p >= 0 AND p <= 1 OR l IS NULL, 'INVALID_FUNCTION_ARGUMENT: percentile must be in range [0, 1]') THEN l[CAST(least(floor(len(l) * p) + 1, len(l)) AS BIGINT)] END;

CREATE MACRO t_json_parse(s) AS CAST(js_json_parse(s) AS JSON);
CREATE MACRO t_json_or_null(s) AS CASE WHEN json_valid(s) THEN CAST(s AS JSON) END;
CREATE MACRO t_json_length(j) AS CASE WHEN json_type(j) = 'ARRAY' THEN CAST(json_array_length(j) AS BIGINT) END;
CREATE MACRO t_json_scalar(s, p, exact) AS CASE WHEN json_valid(s) THEN CASE json_type(s, p) WHEN 'VARCHAR' THEN json_extract_string(s, p) WHEN 'BIGINT' THEN json_extract_string(s, p) WHEN 'UBIGINT' THEN json_extract_string(s, p) WHEN 'BOOLEAN' THEN json_extract_string(s, p) WHEN 'DOUBLE' THEN exact END ELSE exact END;
CREATE MACRO t_json_size(j) AS CASE json_type(j) WHEN 'ARRAY' THEN CAST(json_array_length(j) AS BIGINT) WHEN 'OBJECT' THEN CAST(len(json_keys(j)) AS BIGINT) ELSE CASE WHEN j IS NOT NULL THEN CAST(0 AS BIGINT) END END;
CREATE MACRO t_json_shown(j) AS CASE WHEN regexp_matches(CAST(j AS VARCHAR), '[\x{10000}-\x{10FFFF}]') THEN js_json_escape(CAST(j AS VARCHAR)) ELSE CAST(j AS VARCHAR) END;
CREATE MACRO t_json_bad(j, kind) AS 'INVALID_CAST_ARGUMENT: Cannot cast to ' || kind || ': ' || CAST(j AS VARCHAR);
CREATE MACRO t_json_field(j, name, i, n) AS CASE WHEN t_ok(json_type(j) IN ('OBJECT', 'ARRAY'), t_json_bad(j, 'row')) THEN CASE json_type(j) WHEN 'ARRAY' THEN CASE WHEN t_ok(json_array_length(j) = n, t_json_bad(j, 'row')) THEN json_extract(j, '$[' || i || ']') END ELSE list_filter(map_entries(CAST(j AS MAP(VARCHAR, JSON))), lambda e: lower(e.key) = name)[1].value END END;
CREATE MACRO t_json_integer(j, nothing) AS CASE json_type(j) WHEN 'NULL' THEN NULL WHEN 'BOOLEAN' THEN cast_to_type(CASE WHEN CAST(j AS VARCHAR) = 'true' THEN 1 ELSE 0 END, nothing) WHEN 'DOUBLE' THEN cast_to_type(round(CAST(CAST(j AS VARCHAR) AS DOUBLE)), nothing) WHEN 'VARCHAR' THEN t_cast_integer(json_extract_string(j, '$'), 'bigint', nothing) ELSE CASE WHEN t_ok(json_type(j) NOT IN ('OBJECT', 'ARRAY'), t_json_bad(j, 'bigint')) THEN cast_to_type(CAST(j AS VARCHAR), nothing) END END;
CREATE MACRO t_json_double(j) AS CASE json_type(j) WHEN 'NULL' THEN NULL WHEN 'BOOLEAN' THEN CASE WHEN CAST(j AS VARCHAR) = 'true' THEN CAST(1 AS DOUBLE) ELSE CAST(0 AS DOUBLE) END WHEN 'VARCHAR' THEN t_cast_double(json_extract_string(j, '$')) ELSE CASE WHEN t_ok(json_type(j) NOT IN ('OBJECT', 'ARRAY'), t_json_bad(j, 'double')) THEN CAST(CAST(j AS VARCHAR) AS DOUBLE) END END;
CREATE MACRO t_json_boolean(j) AS CASE json_type(j) WHEN 'NULL' THEN NULL WHEN 'BOOLEAN' THEN CAST(j AS VARCHAR) = 'true' WHEN 'VARCHAR' THEN t_cast_boolean(json_extract_string(j, '$')) ELSE CASE WHEN t_ok(json_type(j) NOT IN ('OBJECT', 'ARRAY'), t_json_bad(j, 'boolean')) THEN CAST(CAST(j AS VARCHAR) AS DOUBLE) <> 0 END END;
CREATE MACRO t_json_varchar(j) AS CASE json_type(j) WHEN 'NULL' THEN NULL WHEN 'VARCHAR' THEN json_extract_string(j, '$') WHEN 'DOUBLE' THEN js_double_text(CAST(CAST(j AS VARCHAR) AS DOUBLE)) ELSE CASE WHEN t_ok(json_type(j) NOT IN ('OBJECT', 'ARRAY'), t_json_bad(j, 'varchar')) THEN CAST(j AS VARCHAR) END END;
CREATE MACRO t_json_list(j) AS CASE WHEN json_type(j) <> 'NULL' THEN CASE WHEN t_ok(json_type(j) = 'ARRAY', t_json_bad(j, 'array')) THEN CAST(j AS JSON[]) END END;
CREATE MACRO t_json_map(j) AS CASE WHEN json_type(j) <> 'NULL' THEN CASE WHEN t_ok(json_type(j) = 'OBJECT', t_json_bad(j, 'map')) THEN CAST(j AS MAP(VARCHAR, JSON)) END END;
CREATE MACRO t_percentiles(l, ps) AS list_transform(ps, lambda p: t_percentile(l, p));
CREATE MACRO t_histogram(l) AS CASE WHEN list_count(l) > 0 THEN MAP(list_distinct(l), list_transform(list_distinct(l), lambda k: len(list_filter(l, lambda x: x = k)))) END;
