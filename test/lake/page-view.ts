import { importedEvent } from '../../shared/core/event/imported.ts';
import type { LandingRecord } from '../../shared/core/event/types.ts';

/** A page view as an import would land it. */
export function pageView(
  site: string,
  id: string,
  visitor: string,
  time: number,
  path: string,
  more: Record<string, unknown> = {},
): LandingRecord {
  const mapped = { id, visitor, time, url: `https://${site}.example${path}`, ...more };
  const result = importedEvent(mapped, {
    site: { site, privacy: { address: 'truncate', cookieless: false } },
    target: null,
    userAgent: null,
    address: null,
    country: null,
    ordinal: () => 0,
  });
  if (!('ok' in result)) throw new Error(JSON.stringify(result));
  return result.ok;
}
