import { offsetMinutes, utcDay } from './time.ts';

/** One line of an access log, fields as the client sent them; a logged `-` is null. */
export interface AccessLogLine {
  address: string | null;
  user: string | null;
  /** Whole ms UTC. */
  time: number;
  /** Null when the request was empty or was no HTTP request (port scans, TLS on a plain port). */
  request: { method: string; target: string } | null;
  /** Null when nothing was answered. */
  status: number | null;
  referrer: string | null;
  userAgent: string | null;
}

/**
 * Reads a line of the `combined` format of Apache and nginx
 * (`address ident user [time] "request" status bytes "referrer" "user agent"`), or of `common`, which ends
 * after the bytes. More fields after these are ignored. Escapes (`\"`, `\\`, `\t`, `\xHH`, ..) are undone.
 *
 * @returns the line, or a string that says what is wrong with it.
 */
export function parseAccessLogLine(line: string): AccessLogLine | string {
  const addressEnd = line.indexOf(' ');
  const identEnd = line.indexOf(' ', addressEnd + 1);
  const bracket = line.indexOf(' [', identEnd);
  if (addressEnd < 1 || identEnd < 0 || bracket < 0) {
    return 'it does not begin like `address ident user [time]`';
  }
  const time = parseLogTime(line.slice(bracket + 2, bracket + 28));
  if (time === null || line.charCodeAt(bracket + 28) !== 93) {
    return 'its time is not like `[17/May/2015:10:05:03 +0000]`';
  }
  const request = quoted(line, bracket + 30);
  if (request === null) return 'its request is not closed by a quote';
  const outcome = /^ (\d{3}|-) (\d+|-)(?= |$)/.exec(line.slice(request.end, request.end + 40));
  if (outcome === null) return 'its request is not followed by a status and a number of bytes';
  const fields: AccessLogLine = {
    address: orNull(line.slice(0, addressEnd)),
    user: orNull(unescaped(line.slice(identEnd + 1, Math.max(identEnd + 1, bracket)))),
    time,
    request: splitRequest(request.text),
    status: outcome[1] === '-' ? null : Number(outcome[1]),
    referrer: null,
    userAgent: null,
  };
  const after = request.end + outcome[0].length;
  if (line.length === after || line.slice(after).trim() === '') return fields;
  const referrer = quoted(line, after + 1);
  if (referrer === null) return 'its referrer is not closed by a quote, as if the line was cut off';
  const userAgent = quoted(line, referrer.end + 1);
  if (userAgent === null) return 'its user agent is not closed by a quote, as if the line was cut off';
  fields.referrer = orNull(referrer.text);
  fields.userAgent = orNull(userAgent.text);
  return fields;
}

/** The text between the quote at `at` and the next one that no backslash escapes; null if there is none. */
function quoted(line: string, at: number): { text: string; end: number } | null {
  if (line.charCodeAt(at) !== 34) return null;
  let end = line.indexOf('"', at + 1);
  while (end >= 0 && backslashesBefore(line, end) % 2 === 1) end = line.indexOf('"', end + 1);
  return end < 0 ? null : { text: unescaped(line.slice(at + 1, end)), end: end + 1 };
}

function backslashesBefore(line: string, at: number): number {
  let from = at;
  while (line.charCodeAt(from - 1) === 92) from--;
  return at - from;
}

function orNull(text: string): string | null {
  return text === '-' || text === '' || text === '""' ? null : text;
}

const LETTERS: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v' };

/** Undoes the escapes of Apache and nginx; a run of `\xHH` is read as UTF-8. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/(?:\\x[0-9a-fA-F]{2})+|\\(.)/g, (all, letter: string | undefined) =>
    letter === undefined
      ? Buffer.from(all.replaceAll('\\x', ''), 'hex').toString('utf8')
      : (LETTERS[letter] ?? (letter === '"' || letter === '\\' ? letter : all)),
  );
}

const METHOD = /^[A-Za-z]{1,32}$/;
const PROTOCOL = / HTTP\/\d(?:\.\d)?$/;

/** `GET /path HTTP/1.1`, the protocol being optional; scheme and authority of the target are dropped. */
function splitRequest(request: string): AccessLogLine['request'] {
  const space = request.indexOf(' ');
  if (space < 0 || !METHOD.test(request.slice(0, space))) return null;
  const protocol = PROTOCOL.exec(request);
  const target = request.slice(space + 1, protocol === null ? undefined : protocol.index);
  return target === '' ? null : { method: request.slice(0, space), target: withoutAuthority(target) };
}

function withoutAuthority(target: string): string {
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*/.exec(target);
  if (scheme === null) return target;
  const rest = target.slice(scheme[0].length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const LOG_TIME = /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-]\d{4})$/;

/** Lines of one second follow each other: the last one's answer is kept. */
let lastText = '';
let lastTime: number | null = null;

/** `17/May/2015:10:05:03 +0000` as ms UTC, or null when it is no time. */
export function parseLogTime(text: string): number | null {
  if (text === lastText) return lastTime;
  lastText = text;
  lastTime = readLogTime(text);
  return lastTime;
}

function readLogTime(text: string): number | null {
  const match = LOG_TIME.exec(text);
  if (match === null) return null;
  const [, day, month, year, hour, minute, second, zone] = match;
  const midnight = utcDay(Number(year), MONTHS.indexOf(month!) + 1, Number(day));
  const offset = offsetMinutes(zone!);
  if (midnight === null || offset === null) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return null;
  return midnight + ((Number(hour) * 60 + Number(minute) - offset) * 60 + Number(second)) * 1000;
}
