/** Longest url and referrer, in bytes of UTF-8 (docs/semantics.md "Events"). */
export const MAX_URL_BYTES = 8 * 1024;

/** Longest of every other string of an event, in bytes of UTF-8. */
export const MAX_TEXT_BYTES = 2 * 1024;

/** Longest canonical JSON text of an event's properties, in bytes of UTF-8. */
export const MAX_PROPERTIES_BYTES = 16 * 1024;

/** Levels of nesting in properties; the properties object itself is the first. */
export const MAX_PROPERTIES_DEPTH = 16;

/**
 * The last time that is taken, 9999-12-30T23:59:59.999Z: a day short of the year's end, so that the local
 * day has a four-digit year wherever the site is.
 */
export const MAX_TIME_MS = 253_402_214_399_999;
