/** What a site's `privacy.address` does with client addresses. */
export type AddressPrivacy = 'truncate' | 'keep' | 'drop';

/**
 * A client address as a fact may hold it. `truncate`: IPv4 to its /24 (`192.0.2.0`), IPv6 to its /48
 * (`2001:db8:1::`); an IPv4 address mapped into IPv6 counts as IPv4. `keep`: as given. `drop`: null.
 * Whatever is no address (a port, a zone, brackets) is null.
 */
export function storedAddress(address: string | null, privacy: AddressPrivacy): string | null {
  if (address === null || privacy === 'drop') return null;
  const v4 = ipv4(address);
  if (v4 !== null) return privacy === 'keep' ? address : `${v4[0]}.${v4[1]}.${v4[2]}.0`;
  const v6 = ipv6(address);
  if (v6 === null) return null;
  if (privacy === 'keep') return address;
  const mapped = v6.slice(0, 5).every((group) => group === 0) && v6[5] === 0xffff;
  if (mapped) return `${v6[6]! >> 8}.${v6[6]! & 255}.${v6[7]! >> 8}.0`;
  return networkText(v6.slice(0, 3));
}

/** Whether a text is an IPv4 or IPv6 address and nothing else. */
export function isAddress(text: string): boolean {
  return ipv4(text) !== null || ipv6(text) !== null;
}

/** The four numbers of a dotted address; null when it isn't one (no leading zeros, no short forms). */
function ipv4(text: string): number[] | null {
  if (text.length > 15) return null;
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part))) return null;
  const numbers = parts.map(Number);
  return numbers.every((n) => n <= 255) ? numbers : null;
}

/** The eight 16-bit groups of an IPv6 address; null when it isn't one. */
function ipv6(text: string): number[] | null {
  if (text.length > 45 || !text.includes(':')) return null;
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = groups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? groups(halves[1]!, true) : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

/** Groups of one side of `::`; the last may be a dotted IPv4 address when this side ends the text. */
function groups(text: string, last: boolean): number[] | null {
  if (text === '') return [];
  const out: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      out.push(Number.parseInt(part, 16));
      continue;
    }
    const v4 = last && i === parts.length - 1 ? ipv4(part) : null;
    if (v4 === null) return null;
    out.push(v4[0]! * 256 + v4[1]!, v4[2]! * 256 + v4[3]!);
  }
  return out;
}

/** The first three groups followed by `::`, trailing zeros left out (RFC 5952). */
function networkText(network: number[]): string {
  const kept = [...network];
  while (kept.length > 0 && kept.at(-1) === 0) kept.pop();
  return `${kept.map((group) => group.toString(16)).join(':')}::`;
}
