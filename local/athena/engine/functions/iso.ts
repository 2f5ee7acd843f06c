const ISO =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2})(?::(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?)?)?$/;

/** An ISO 8601 time as DuckDB reads it, in UTC with milliseconds; NULL when it is none. */
export function isoMoment(text: string): string | null {
  const m = ISO.exec(text);
  if (m === null) return null;
  const [, y, mo = '01', d = '01', h = '00', mi = '00', s = '00', fraction = '', zone = 'Z'] = m;
  if (Number(h) > 23 || Number(mi) > 59 || Number(s) > 59) return null;
  const day = Date.parse(`${y}-${mo}-${d}T00:00:00Z`);
  if (Number.isNaN(day) || new Date(day).toISOString().slice(8, 10) !== d) return null;
  const offset =
    zone === 'Z'
      ? 0
      : (zone[0] === '-' ? -1 : 1) *
        (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', '') || 0));
  const ms = Math.floor(Number(`0.${fraction || '0'}`) * 1000 + 1e-9);
  const moment = day + ((Number(h) * 60 + Number(mi) - offset) * 60 + Number(s)) * 1000 + ms;
  return new Date(moment).toISOString().replace('T', ' ').replace('Z', '+00');
}
