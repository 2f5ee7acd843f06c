import { BlockList, isIPv4, isIPv6 } from 'node:net';

/**
 * Compiles a CIDR block into a test of addresses; null when it isn't one. A single address is none, with or without all
 * of its bits behind a slash: EventBridge refuses both.
 */
export function compileCidr(pattern: string): ((address: string) => boolean) | null {
  const [network, bits, ...rest] = pattern.split('/');
  if (network === undefined || bits === undefined || rest.length > 0) return null;
  const family = isIPv4(network) ? 'ipv4' : isIPv6(network) ? 'ipv6' : null;
  if (family === null) return null;
  const longest = family === 'ipv4' ? 32 : 128;
  const prefix = Number(bits);
  if (!/^\d{1,3}$/.test(bits) || prefix >= longest) return null;
  const block = new BlockList();
  block.addSubnet(network, prefix, family);
  return (address) => {
    const is = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : null;
    return is === family && block.check(address, is);
  };
}
