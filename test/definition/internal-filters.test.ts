import { describe, expect, it } from 'vitest';
import { type Cidr, cidrContains, cidrText, parseCidr } from '../../shared/core/cidr.ts';
import { checkInternalFilters } from '../../shared/core/definition/internal-filters.ts';
import { parseDefinition } from '../../shared/core/definition/parse.ts';

const site = (name: string, address: 'truncate' | 'keep' | 'drop') => ({
  site: name,
  privacy: { address, cookieless: false },
});
const definition = (internal: string, more = '') =>
  parseDefinition(`filters: {internal: [${internal}]}\n${more}`, 'definitions/default.yaml');

describe('ranges of internal addresses', () => {
  it.each([
    ['10.0.0.0/8', 'truncate'],
    ['203.0.113.0/24', 'truncate'],
    ['2001:db8:1::/48', 'truncate'],
    ['203.0.113.7', 'keep'],
    ['2001:db8::1/128', 'keep'],
  ] as const)('%s can be told where addresses are under "%s"', (range, address) => {
    expect(() => checkInternalFilters(definition(`"${range}"`), [site('shop', address)])).not.toThrow();
  });

  it.each([
    [
      '203.0.113.7',
      'truncate',
      'narrower than the /24 that site shop keeps',
      'write 203.0.113.0/24, or set privacy',
    ],
    ['203.0.113.128/25', 'truncate', 'narrower than the /24', 'write 203.0.113.0/24'],
    ['2001:db8:1:2::/64', 'truncate', 'narrower than the /48', 'write 2001:db8:1::/48'],
    ['10.0.0.0/8', 'drop', 'site shop drops addresses', 'privacy: {address: keep} in sites/shop.yaml'],
  ] as const)('%s can not under "%s"', (range, address, what, fix) => {
    const check = () => checkInternalFilters(definition(`"${range}"`), [site('shop', address)]);
    expect(check).toThrow(what);
    expect(check).toThrow(fix);
    expect(check).toThrow(
      expect.objectContaining({ code: 'bad_definition', exit: 2, field: 'filters.internal' }),
    );
  });

  it('are checked only for the sites that a scope names', () => {
    const scoped = parseDefinition(
      'scopes: [{sites: [blog], from: 2026-01-01, filters: {internal: [203.0.113.7]}}]',
      'definitions/default.yaml',
    );
    expect(() => checkInternalFilters(scoped, [site('shop', 'truncate')])).not.toThrow();
    expect(() => checkInternalFilters(scoped, [site('shop', 'truncate'), site('blog', 'truncate')])).toThrow(
      'site blog',
    );
  });

  it('leave conditions alone', () => {
    const when = '{when: {field: user_id, starts_with: staff-}}';
    expect(() => checkInternalFilters(definition(when), [site('shop', 'drop')])).not.toThrow();
  });
});

describe('a range', () => {
  it.each([
    ['10.0.0.0/8', '10.255.1.2', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['203.0.113.0/24', '203.0.113.0', true],
    ['0.0.0.0/0', '255.255.255.255', true],
    ['0.0.0.0/0', '::1', false],
    ['2001:db8:1::/48', '2001:db8:1::', true],
    ['2001:db8:1::/48', '2001:DB8:1:ffff::5', true],
    ['2001:db8:1::/48', '2001:db8:2::', false],
    ['::/0', '2001:db8::', true],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['10.0.0.0/8', 'not an address', false],
    ['10.0.0.0/8', '10.1.2', false],
    ['10.0.0.0/8', '10.1.2.256', false],
  ])('%s contains %s: %s', (range, address, expected) => {
    expect(cidrContains(parseCidr(range) as Cidr, address)).toBe(expected);
  });

  it.each([
    ['192.0.2.1', '192.0.2.1/32'],
    ['2001:0DB8:0:0:1:0:0:0/80', '2001:db8:0:0:1::/80'],
    ['::/0', '::/0'],
    ['::1', '::1/128'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8/128'],
    ['1:0:3:4:5:6:7:8', '1:0:3:4:5:6:7:8/128'],
  ])('%s is written %s', (range, text) => {
    expect(cidrText(parseCidr(range) as Cidr)).toBe(text);
  });

  it.each([
    '10.0.0.0/',
    '10.0.0.0/x',
    '10.0.0/8',
    '01.0.0.0/8',
    '1::2::3',
    ':::',
    '1:2:3:4:5:6:7',
    '10.0.0.0/8/8',
    '::ffff:1.2.3',
    '::1/129',
  ])('%s is none', (text) => expect(parseCidr(text)).toHaveProperty('fix'));
});
