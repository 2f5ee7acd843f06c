import type { UrlParts } from './event/types.ts';
import { decodeQueryPart } from './percent-decoding.ts';

/** Click ids in the order in which they are preferred (docs/semantics.md "Campaign"). */
export const CLICK_IDS = [
  'gclid',
  'gbraid',
  'wbraid',
  'dclid',
  'msclkid',
  'fbclid',
  'ttclid',
  'twclid',
] as const;

const NONE: Readonly<UrlParts> = Object.freeze({
  url_host: null,
  url_path: null,
  utm_source: null,
  utm_medium: null,
  utm_campaign: null,
  utm_term: null,
  utm_content: null,
  click_id: null,
});

/**
 * Host, path and campaign of a URL, read from its text without normalising it (docs/semantics.md
 * "Campaign").
 *
 * Well formed is `scheme://host`, then anything: a scheme of letters, digits, `+ - .` that begins with a
 * letter (`https`, `app`, `android-app`), and a host that is not empty and has no white space, control
 * character or any of `< > [ \ ] ^ | % " : @ {}` and backquote; credentials before `@` and a numeric port
 * are passed over, an IPv6 host stands in brackets. Everything else (relative, `//host`, `mailto:`) is
 * malformed: every part is null.
 *
 * `url_host` is in lower case and keeps a leading `www.`. `url_path` is raw, escapes and dots as they
 * stand, up to `?` or `#`; an absent path is `/`. Parameters come from the query string only, the first
 * occurrence of a name wins, an empty one is null. Names compare exactly, after decoding.
 */
export function parseUrl(url: string | null): UrlParts {
  if (url === null) return { ...NONE };
  const authority = authorityOf(url);
  if (authority === null) return { ...NONE };
  const parts: UrlParts = { ...NONE, url_host: authority.host };
  const hash = url.indexOf('#', authority.end);
  const stop = hash < 0 ? url.length : hash;
  const mark = url.indexOf('?', authority.end);
  const hasQuery = mark >= 0 && mark < stop;
  parts.url_path = url.slice(authority.end, hasQuery ? mark : stop) || '/';
  if (hasQuery) readQuery(url.slice(mark + 1, stop), parts);
  return parts;
}

/**
 * Host of a URL such as a referrer, in lower case and without a leading `www.`; null when there is none or
 * the URL is malformed as `parseUrl` has it.
 */
export function hostOf(url: string | null): string | null {
  if (url === null) return null;
  const host = authorityOf(url)?.host ?? null;
  if (host === null) return null;
  return bareHost(host) || null;
}

/** A host in lower case without one leading `www.`, the form in which hosts are compared. */
export function bareHost(host: string): string {
  const lower = host.toLowerCase();
  return lower.startsWith('www.') ? lower.slice(4) : lower;
}

function authorityOf(url: string): { host: string; end: number } | null {
  const colon = url.indexOf(':');
  if (colon < 1 || !isScheme(url, colon) || !url.startsWith('//', colon + 1)) return null;
  const start = colon + 3;
  let end = start;
  let hostStart = start;
  for (; end < url.length; end++) {
    const code = url.charCodeAt(end);
    if (code === 47 || code === 63 || code === 35) break; // / ? #
    if (code === 64) hostStart = end + 1; // @
  }
  const host = hostWithin(url, hostStart, end);
  return host === null ? null : { host: host.toLowerCase(), end };
}

function isScheme(url: string, end: number): boolean {
  for (let i = 0; i < end; i++) {
    const code = url.charCodeAt(i);
    const letter = (code | 32) >= 97 && (code | 32) <= 122;
    const later = i > 0 && ((code >= 48 && code <= 57) || code === 43 || code === 45 || code === 46);
    if (!letter && !later) return false;
  }
  return true;
}

/** The host between two positions without its port; null when it is not one. */
function hostWithin(url: string, start: number, end: number): string | null {
  if (url.charCodeAt(start) === 91) {
    const close = url.indexOf(']', start);
    if (close < 0 || close >= end || !isPort(url, close + 1, end)) return null;
    for (let i = start + 1; i < close; i++) if (!isAddressCharacter(url.charCodeAt(i))) return null;
    return close > start + 1 ? url.slice(start, close + 1) : null;
  }
  let stop = start;
  for (; stop < end; stop++) {
    const code = url.charCodeAt(stop);
    if (code === 58) break; // :
    if (code <= 32 || code === 127 || FORBIDDEN.has(code)) return null;
  }
  if (stop === start || !isPort(url, stop, end)) return null;
  return url.slice(start, stop);
}

const FORBIDDEN = new Set([...'<>[\\]^|%"`{}'].map((c) => c.charCodeAt(0)));

/** Nothing, or a colon and digits (which may be none). */
function isPort(url: string, start: number, end: number): boolean {
  if (start === end) return true;
  if (url.charCodeAt(start) !== 58) return false;
  for (let i = start + 1; i < end; i++) {
    const code = url.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

function isAddressCharacter(code: number): boolean {
  const hex = (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 102);
  return hex || code === 58 || code === 46;
}

type Parameter = Exclude<keyof UrlParts, 'url_host' | 'url_path' | 'click_id'>;

const UTM = new Set<string>(['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content']);
const CLICK = new Set<string>(CLICK_IDS);

function readQuery(query: string, parts: UrlParts): void {
  const seen = new Map<string, string>();
  let start = 0;
  while (start <= query.length) {
    const next = query.indexOf('&', start);
    const end = next < 0 ? query.length : next;
    readPair(query, start, end, seen);
    start = end + 1;
  }
  for (const [name, value] of seen) if (UTM.has(name)) parts[name as Parameter] = value || null;
  for (const name of CLICK_IDS) {
    const value = seen.get(name);
    if (value) {
      parts.click_id = `${name}=${value}`;
      return;
    }
  }
}

function readPair(query: string, start: number, end: number, seen: Map<string, string>): void {
  let equals = start;
  while (equals < end && query.charCodeAt(equals) !== 61) equals++;
  const name = decodeQueryPart(query.slice(start, equals));
  if (seen.has(name) || !(UTM.has(name) || CLICK.has(name))) return;
  seen.set(name, equals < end ? decodeQueryPart(query.slice(equals + 1, end)) : '');
}
