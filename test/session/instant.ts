import { Temporal } from 'temporal-polyfill';

/** A time with `Z` or an offset as it is, any other as the site's clocks show it. Milliseconds UTC. */
export function instant(time: string, zone: string): number {
  if (/(Z|[+-]\d\d:\d\d)$/.test(time)) return Temporal.Instant.from(time).epochMilliseconds;
  return Temporal.PlainDateTime.from(time).toZonedDateTime(zone).epochMilliseconds;
}
