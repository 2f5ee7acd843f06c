/** A range of addresses: `bits` leading bits of `value` count. */
export interface Cidr {
  version: 4 | 6;
  value: bigint;
  bits: number;
}

/** What `parseCidr` says of a text that is no range, as clauses. */
export interface CidrMistake {
  what: string;
  fix: string;
}

/**
 * Reads `203.0.113.0/24`, `2001:db8::/32`, or a single address (all its bits). Bits set beyond the length
 * are a mistake whose fix is the range that was probably meant.
 */
export function parseCidr(text: string): Cidr | CidrMistake {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === null) {
    return { what: `"${text}" is not an address or a range`, fix: 'write one such as 203.0.113.0/24' };
  }
  const width = address.version === 4 ? 32 : 128;
  const length = slash < 0 ? String(width) : text.slice(slash + 1);
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  if (!(bits <= width)) {
    return {
      what: `"${text}" has a length that is not 0 to ${width}`,
      fix: `write ${width} or less after /`,
    };
  }
  const value = network(address.value, width, bits);
  if (value !== address.value) {
    const meant = cidrText({ version: address.version, value, bits });
    return { what: `"${text}" has bits beyond its length`, fix: `write ${meant}` };
  }
  return { version: address.version, value, bits };
}

/** Whether an address (as stored with a fact) lies in a range. */
export function cidrContains(cidr: Cidr, address: string): boolean {
  const parsed = parseAddress(address);
  if (parsed === null || parsed.version !== cidr.version) return false;
  return network(parsed.value, cidr.version === 4 ? 32 : 128, cidr.bits) === cidr.value;
}

/** The one text of a range: IPv4 dotted, IPv6 after RFC 5952, always with its length. */
export function cidrText(cidr: Cidr): string {
  if (cidr.version === 4) {
    const parts = [24n, 16n, 8n, 0n].map((shift) => String((cidr.value >> shift) & 255n));
    return `${parts.join('.')}/${cidr.bits}`;
  }
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((cidr.value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16),
  );
  return `${shortened(groups)}/${cidr.bits}`;
}

/** Groups of an IPv6 address with the longest run of two or more zeros (the first of equals) as `::`. */
function shortened(groups: readonly string[]): string {
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === '0') length++;
    if (length > best.length) best = { at, length };
  }
  if (best.at < 0) return groups.join(':');
  return `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}`;
}

function network(value: bigint, width: number, bits: number): bigint {
  const free = BigInt(width - bits);
  return (value >> free) << free;
}

/** An address as a number; an IPv4 address mapped into IPv6 counts as IPv4. Null when it is none. */
function parseAddress(text: string): { version: 4 | 6; value: bigint } | null {
  const v4 = parseV4(text);
  if (v4 !== null) return { version: 4, value: v4 };
  const v6 = parseV6(text);
  if (v6 === null) return null;
  if (v6 >> 32n === 0xffffn) return { version: 4, value: v6 & 0xffffffffn };
  return { version: 6, value: v6 };
}

function parseV4(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((p) => /^(0|[1-9]\d{0,2})$/.test(p) && Number(p) <= 255))
    return null;
  return parts.reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function parseV6(text: string): bigint | null {
  if (!/^[0-9a-fA-F:.]{2,45}$/.test(text) || !text.includes(':')) return null;
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const sides = halves.map((half, i) => groupsOf(half, i === halves.length - 1));
  const head = sides[0];
  const tail = halves.length === 2 ? sides[1] : [];
  if (!head || !tail) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...new Array<bigint>(missing).fill(0n), ...tail];
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}

/** 16-bit groups of one side of `::`; the last one of the address may be a dotted IPv4 address. */
function groupsOf(text: string, last: boolean): bigint[] | null {
  if (text === '') return [];
  const out: bigint[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      out.push(BigInt(`0x${part}`));
      continue;
    }
    const v4 = last && i === parts.length - 1 ? parseV4(part) : null;
    if (v4 === null) return null;
    out.push(v4 >> 16n, v4 & 0xffffn);
  }
  return out;
}
