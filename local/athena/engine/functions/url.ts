/** java.net.URI's view of a url, for Athena's url functions: what it can't parse has no parts (NULL). */
const LEGAL =
  /^[A-Za-z0-9\-_.!~*'();/?:@&=+$,#%[\]\u00a1-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\uffff]*$/;
const SPLIT = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;
const AUTHORITY =
  /^(?:[^@[\]]*@)?(\[[0-9A-Fa-f:.]+(?:%[\w]+)?\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9.])?)(?::(\d*))?$/;

interface Uri {
  protocol: string | null;
  host: string | null;
  port: string | null;
  path: string | null;
  query: string | null;
  fragment: string | null;
}

function parse(url: string): Uri | null {
  if (!LEGAL.test(url) || /%(?![0-9A-Fa-f]{2})/.test(url)) return null;
  const m = SPLIT.exec(url);
  if (m === null) return null;
  const [, protocol, authority, path = '', query, fragment] = m;
  if (fragment?.includes('#') || (protocol === undefined && /^[^/?#]*:/.test(url) && authority === undefined))
    return null;
  if (/[[\]]/.test(path) || /[[\]]/.test(fragment ?? '')) return null;
  // Opaque: `mailto:someone`; with a scheme and nothing after it, no URI at all.
  const opaque = protocol !== undefined && authority === undefined && !path.startsWith('/');
  if (opaque && path === '') return null;
  if (authority === '' && path === '') return null;
  const server = authority === undefined ? null : AUTHORITY.exec(authority);
  return {
    protocol: protocol ?? null,
    host: server?.[1] && legalHost(server[1]) ? server[1] : null,
    port: server?.[2] && legalHost(server[1]!) ? String(Number(server[2])) : null,
    path: opaque ? null : decode(path),
    query: opaque ? null : (query ?? null),
    fragment: fragment === undefined ? null : decode(fragment),
  };
}

/** Labels neither begin nor end with `-`; the last one of a name (no IPv4 address) begins with a letter. */
function legalHost(host: string): boolean {
  if (host.startsWith('[')) return true;
  const labels = host.replace(/\.$/, '').split('.');
  if (labels.some((l) => l === '' || l.startsWith('-') || l.endsWith('-'))) return false;
  if (/^\d+(\.\d+){3}$/.test(host)) return labels.every((l) => Number(l) < 256);
  return /^[A-Za-z]/.test(labels.at(-1)!);
}

/** %XX as UTF-8; bytes that are none become U+FFFD, as in Java. */
function decode(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) =>
    Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}

/** A part of a url: protocol, host, port, path, query or fragment; '' (a port: NULL) where there is none. */
export function urlPart(part: string, url: string): string | null {
  const uri = parse(url);
  if (uri === null) return null;
  if (part === 'port') return uri.port;
  return (part === 'query' ? uri.query && decode(uri.query) : uri[part as keyof Uri]) ?? '';
}

/** The first value of a query parameter, decoded (`+` is a space); '' when it has no `=`. */
export function urlParameter(url: string, name: string): string | null {
  const query = parse(url)?.query;
  if (query === null || query === undefined) return null;
  for (const pair of query.split('&')) {
    const cut = pair.indexOf('=');
    const key = cut < 0 ? pair : pair.slice(0, cut);
    if (key === name) return cut < 0 ? '' : urlDecode(pair.slice(cut + 1));
  }
  return null;
}

/** java.net.URLDecoder: a broken escape is an error. */
export function urlDecode(text: string): string {
  if (/%(?![0-9A-Fa-f]{2})/.test(text))
    throw new Error('INVALID_FUNCTION_ARGUMENT: URLDecoder: Illegal hex characters in escape (%) pattern');
  return decode(text.replaceAll('+', ' '));
}

/** Guava's form parameter escaper: letters, digits and -_.* stay, a space is `+`. */
export function urlEncode(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}
