/**
 * Whether the name in a `Host` header can only mean this machine or an address: an IPv4 address, an IPv6 address in
 * brackets, localhost or a name below it (RFC 6761), with or without a port. A foreign web site can make any other name
 * point here, and so reach what listens on loopback through its visitor's browser.
 */
export function isLocalName(host: string): boolean {
  return /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:.]+\]|([a-z0-9-]+\.)*localhost)(:\d+)?$/i.test(host);
}

/**
 * Whether a web page had a browser send a request. Browsers add an origin to whatever may change something, and
 * `Sec-Fetch-Site` to everything (`none`: the reader typed the address); the AWS CLI and its SDKs send neither.
 *
 * @param headers by lower-case name
 */
export function isFromWebPage(headers: { origin?: string; 'sec-fetch-site'?: string | string[] }): boolean {
  const site = headers['sec-fetch-site'];
  return headers.origin !== undefined || (site !== undefined && site !== 'none');
}
