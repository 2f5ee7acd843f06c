/**
 * Functions that Athena has and this engine hasn't (https://trino.io/docs/current/functions/list.html): refused
 * by name rather than called unknown.
 */
const REFUSED = new Set(
  `approx_most_frequent approx_set array_histogram bar beta_cdf bing_tile bing_tile_at bing_tile_coordinates
  bing_tile_polygon bing_tile_quadkey bing_tile_zoom_level bing_tiles_around bit_count bitwise_left_shift
  bitwise_right_shift bitwise_right_shift_arithmetic bitwise_xor_agg char2hexint checksum classify color combinations
  contains_sequence convex_hull_agg cosine_distance cosine_similarity crc32 current_groups empty_approx_set entropy
  features format_number from_base from_base32 from_base64url from_big_endian_32 from_big_endian_64
  from_encoded_polyline from_geojson_geometry from_ieee754_32 from_ieee754_64 from_iso8601_timestamp_nanos
  from_unixtime_nanos geometry_from_hadoop_shape geometry_invalid_reason geometry_nearest_points
  geometry_to_bing_tiles geometry_union geometry_union_agg great_circle_distance hash_counts hmac_md5 hmac_sha1
  hmac_sha256 hmac_sha512 human_readable_seconds index intersection_cardinality inverse_beta_cdf inverse_normal_cdf
  jaccard_index json_array_contains json_array_get kurtosis learn_classifier learn_libsvm_classifier
  learn_libsvm_regressor learn_regressor line_interpolate_point line_interpolate_points line_locate_point luhn_check
  make_set_digest map_union map_zip_with merge merge_set_digest multimap_agg multimap_from_entries murmur3 ngrams
  normal_cdf normalize numeric_histogram objectid objectid_timestamp parse_data_size parse_duration
  parse_presto_data_size qdigest_agg quantile_at_value regress render rgb sha512 shuffle simplify_geometry skewness soundex
  spatial_partitioning spatial_partitions split_to_multimap spooky_hash_v2_32 spooky_hash_v2_64 tdigest_agg
  theta_sketch_cardinality theta_sketch_union timestamp_objectid timezone_hour timezone_minute to_base to_base32
  to_base64url to_big_endian_32 to_big_endian_64 to_char to_date to_encoded_polyline to_geojson_geometry to_geometry
  to_ieee754_32 to_ieee754_64 to_spherical_geography to_timestamp trim_array typeof value_at_quantile
  values_at_quantiles version wilson_interval_lower wilson_interval_upper word_stem xxhash64`.split(/\s+/),
);

/** Whether Athena knows a function of this name (in lower case) that is missing here. */
export const isRefused = (name: string): boolean => REFUSED.has(name) || name.startsWith('st_');
