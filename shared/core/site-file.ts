import { readBoolean, readChoice, readDuration, readHost, readText, readTexts } from './config/values.ts';
import { type Field, YamlFile } from './config/yaml-file.ts';
import { RetconError } from './errors.ts';
import { nearest } from './nearest.ts';
import type { Site } from './site.ts';
import { SITE_ID } from './site-id.ts';
import { parseOffset } from './unit.ts';

const KEYS = [
  'site',
  'time_zone',
  'hosts',
  'day_offset',
  'allowed_origins',
  'write_keys',
  'privacy',
  'limits',
  'freshness',
  'lateness',
] as const;

/**
 * Reads the text of `sites/<site>.yaml` (docs/semantics.md "Sites"). Defaults: `site` the file's name,
 * `time_zone` UTC, no hosts, the zone's standard offset, any origin, no write key, addresses truncated,
 * cookies on, no rate limit, `freshness` 15m,
 * `lateness` 2d.
 *
 * Throws one `bad_site` (exit 2) that lists every mistake with file, line, column, path, what is wrong and
 * the fix; its `field` is the path of the first.
 *
 * @param fileName its last part without `.yaml` must be the site's id
 */
export function parseSite(yamlText: string, fileName: string): Site {
  const file = new YamlFile(yamlText, fileName, 'bad_site');
  const fileId = fileName.replace(/^.*[\\/]/, '').replace(/\.ya?ml$/, '');
  if (file.root === null) {
    file.report(null, '', 'the file is empty', `write at least: site: ${fileId}, time_zone and hosts`);
    file.finish();
  }
  const site: Site = {
    site: fileId,
    time_zone: 'UTC',
    hosts: [],
    day_offset_minutes: null,
    allowed_origins: [],
    write_keys: [],
    privacy: { address: 'truncate', cookieless: false },
    limits: { requests_per_second: null },
    freshness_seconds: 15 * 60,
    lateness_seconds: 2 * 86_400,
  };
  const fields = file.root?.mapping(KEYS, 'a mapping such as {site: shop, time_zone: Europe/Berlin}');
  if (fields && !fields.has('site')) checkId(fileId, fileId, file.root!);
  for (const [key, field] of fields ?? []) readField(site, key, field, fileId);
  file.finish();
  return site;
}

function readField(site: Site, key: (typeof KEYS)[number], field: Field, fileId: string): void {
  switch (key) {
    case 'site':
      checkId(String(field.scalar()), fileId, field);
      break;
    case 'time_zone':
      site.time_zone = readTimeZone(field) ?? 'UTC';
      break;
    case 'hosts':
      site.hosts = readTexts(field, 'hosts', readHost) ?? [];
      break;
    case 'day_offset':
      site.day_offset_minutes = field.isNull() ? null : readOffset(field);
      break;
    case 'allowed_origins':
      site.allowed_origins = readTexts(field, 'origins', readOrigin) ?? [];
      break;
    case 'write_keys':
      site.write_keys = readTexts(field, 'write keys', (item) => readText(item, 'a key', 200)) ?? [];
      break;
    case 'privacy':
      readPrivacy(site, field);
      break;
    case 'limits':
      readLimits(site, field);
      break;
    case 'freshness':
      site.freshness_seconds = (readDuration(field, [1000, '1s'], [86_400_000, '24h']) ?? 0) / 1000;
      break;
    case 'lateness':
      site.lateness_seconds = (readDuration(field, [0, '0s'], [90 * 86_400_000, '90d']) ?? 0) / 1000;
  }
}

function checkId(id: string, fileId: string, field: Field): void {
  if (!SITE_ID.test(id)) {
    field.report(`"${id}" is not a site id`, 'use 1 to 40 of the characters a-z, 0-9 and -');
  } else if (id !== fileId) {
    field.report(`"${id}" is not the name of its file`, `write ${fileId}, or rename the file to ${id}.yaml`);
  }
}

/**
 * IANA's names without a region. Platforms know more such words (`JST`, `IST`), which are no IANA names and
 * may mean several zones.
 */
const SINGLE_WORD_ZONES = new Set(
  (
    'UTC GMT UCT Zulu Universal Greenwich EST MST HST EST5EDT CST6CDT MST7MDT PST8PDT CET MET EET WET Cuba ' +
    'Egypt Eire GB Hongkong Iceland Iran Israel Jamaica Japan Kwajalein Libya NZ Navajo PRC Poland Portugal ' +
    'ROC ROK Singapore Turkey W-SU'
  ).split(' '),
);

function readTimeZone(field: Field): string | null {
  const zone = readText(field, 'a time zone such as Europe/Berlin', 64);
  if (zone === null) return null;
  const iana = zone.includes('/') ? /^[A-Za-z][A-Za-z0-9_+/-]*$/.test(zone) : SINGLE_WORD_ZONES.has(zone);
  if (iana && isTimeZone(zone)) return zone;
  const known = [...Intl.supportedValuesOf('timeZone'), 'UTC'];
  const near = zone.length > 4 ? nearest(zone, known) : null;
  const fix =
    near === null ? 'write an IANA name such as Asia/Tokyo, Europe/Berlin or UTC' : `did you mean "${near}"?`;
  return field.report(`"${zone}" is not a time zone`, fix);
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function readOffset(field: Field): number | null {
  const value = field.scalar();
  try {
    return parseOffset(typeof value === 'string' ? value : field.source(), field.path);
  } catch (error) {
    if (!(error instanceof RetconError)) throw error;
    return field.report(`${field.describe()} is not an offset from UTC`, error.fix ?? 'write it as +09:00');
  }
}

/** An origin as browsers send it: scheme and host in lower case, a port only when it isn't the default. */
function readOrigin(field: Field): string | null {
  const text = readText(field, 'an origin such as https://example.com', 300);
  if (text === null) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  const web = url !== null && (url.protocol === 'https:' || url.protocol === 'http:');
  if (!web || url.hostname.includes('*')) {
    const fix = text.includes('*')
      ? 'list each origin, or leave allowed_origins empty for any'
      : 'write scheme and host, such as https://example.com';
    return field.report(`"${text}" is not an origin`, fix);
  }
  if (url.origin !== text.toLowerCase()) {
    return field.report(`"${text}" is not a plain origin`, `write ${url.origin}`);
  }
  return url.origin;
}

function readPrivacy(site: Site, field: Field): void {
  if (field.isNull()) return;
  const fields = field.mapping(['address', 'cookieless'] as const);
  const address = fields?.get('address');
  const cookieless = fields?.get('cookieless');
  if (address) site.privacy.address = readChoice(address, ['truncate', 'keep', 'drop']) ?? 'truncate';
  if (cookieless) site.privacy.cookieless = readBoolean(cookieless) ?? false;
}

function readLimits(site: Site, field: Field): void {
  if (field.isNull()) return;
  const rate = field.mapping(['requests_per_second'] as const)?.get('requests_per_second');
  if (rate === undefined || rate.isNull()) return;
  const value = rate.scalar();
  if (typeof value === 'number' && value > 0) site.limits.requests_per_second = value;
  else
    rate.report(`${rate.describe()} is not a number above 0`, 'write one such as 100, or null for no limit');
}

/** The file to write for a site that has none, as errors print it. */
export function siteFileToWrite(site: string): string {
  return [
    `# sites/${site}.yaml`,
    `site: ${site}`,
    'time_zone: UTC            # IANA name, such as Europe/Berlin: whose midnights count',
    'hosts: [example.com]      # its own hosts; the first one builds the URLs of imported access logs',
    '',
  ].join('\n');
}
