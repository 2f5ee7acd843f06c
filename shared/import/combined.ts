import { visitorFromAddress } from '../core/event/import-id.ts';
import { importedEvent } from '../core/event/imported.ts';
import type { Site } from '../core/site.ts';
import { type AccessLogLine, parseAccessLogLine } from './access-log.ts';
import type { Line } from './lines.ts';
import { MAX_LINE } from './lines.ts';
import { type ImportedRow, rejectedRow, type SkipReason } from './row.ts';

const ASSETS = new Set(
  (
    'css js png jpg jpeg gif ico svg woff woff2 ttf eot map txt xml zip gz pdf mp3 mp4 webp swf' as const
  ).split(' '),
);

/** Why a line is no page view (docs/semantics.md "Import"), or null when it is one. */
export function skipReason(line: Pick<AccessLogLine, 'request' | 'status'>): SkipReason | null {
  if (line.request === null) return 'no_request';
  if (line.request.method !== 'GET') return 'not_a_get';
  if (line.status !== 200 && line.status !== 304) return 'not_answered';
  const [path] = line.request.target.split('?', 1) as [string];
  const dot = path.lastIndexOf('.');
  return dot >= 0 && ASSETS.has(path.slice(dot + 1).toLowerCase()) ? 'not_a_page' : null;
}

/** Visitors remembered, so that the many lines of one cost one hash. */
const REMEMBERED = 20_000;

/** Turns lines of an access log into events of a site. Made once for a file. */
export class CombinedReader {
  private readonly site: Pick<Site, 'site' | 'hosts' | 'privacy'>;
  private readonly hits: 'pages' | 'all';
  private readonly ordinal: (contentHash: string) => number;
  private readonly visitors = new Map<string, string>();

  constructor(
    site: Pick<Site, 'site' | 'hosts' | 'privacy'>,
    hits: 'pages' | 'all',
    ordinal: (contentHash: string) => number,
  ) {
    this.site = site;
    this.hits = hits;
    this.ordinal = ordinal;
  }

  row(line: Line): ImportedRow {
    if (line.tooLong) {
      const detail = `Line ${line.number} is longer than ${MAX_LINE} characters: look for a missing line end.`;
      return rejectedRow('too_long', detail, line.text, line.number);
    }
    const parsed = parseAccessLogLine(line.text);
    if (typeof parsed === 'string') {
      const detail = `Line ${line.number} is not in the combined format: ${parsed}.`;
      return rejectedRow('malformed_line', detail, line.text, line.number);
    }
    const skipped = skipReason(parsed);
    if (skipped !== null && this.hits === 'pages') return { skipped };
    const result = importedEvent(skipped === null ? this.pageView(parsed) : this.hit(parsed), {
      site: this.site,
      target: parsed.request?.target ?? null,
      userAgent: parsed.userAgent,
      address: parsed.address,
      country: null,
      ordinal: this.ordinal,
    });
    if ('ok' in result) return result;
    return rejectedRow(result.rejected.reason, result.rejected.detail, line.text, line.number);
  }

  private pageView(line: AccessLogLine): Record<string, unknown> {
    return {
      type: 'page_view',
      time: line.time,
      visitor: this.visitor(line),
      user: line.user,
      url: line.request === null ? null : this.url(line.request.target),
      referrer: line.referrer,
    };
  }

  /** Any other line, asked for with `--hits all`; it keeps what tells it from a page view. */
  private hit(line: AccessLogLine): Record<string, unknown> {
    const properties: Record<string, unknown> = {};
    if (line.request !== null) properties.method = line.request.method;
    if (line.status !== null) properties.status = line.status;
    return { ...this.pageView(line), type: 'event', name: 'hit', properties };
  }

  /** A target that doesn't begin with `/` gets one, or it would read as part of the host. */
  private url(target: string): string {
    return `https://${this.site.hosts[0]}${target.startsWith('/') ? '' : '/'}${target}`;
  }

  private visitor(line: AccessLogLine): string | null {
    if (line.address === null) return null;
    const key = `${line.address} ${line.userAgent ?? ''}`;
    let visitor = this.visitors.get(key);
    if (visitor === undefined) {
      visitor = visitorFromAddress(this.site.site, line.address, line.userAgent);
      if (this.visitors.size >= REMEMBERED) this.visitors.clear();
      this.visitors.set(key, visitor);
    }
    return visitor;
  }
}
