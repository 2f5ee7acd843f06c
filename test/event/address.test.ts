import { expect, test } from 'vitest';
import { isAddress, storedAddress } from '../../shared/core/address.ts';

test.each([
  ['192.0.2.77', '192.0.2.0'],
  ['255.255.255.255', '255.255.255.0'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1::'],
  ['2001:DB8::6', '2001:db8::'],
  ['2001:0:1::', '2001:0:1::'],
  ['::1', '::'],
  ['::ffff:192.0.2.77', '192.0.2.0'],
  ['::ffff:c000:24d', '192.0.2.0'],
  ['64:ff9b::192.0.2.77', '64:ff9b::'],
])('%s is truncated to %s', (address, stored) => {
  expect(storedAddress(address, 'truncate')).toBe(stored);
});

test.each([
  '',
  '192.0.2',
  '192.0.2.256',
  '192.0.2.01',
  '192.0.2.1:80',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1::2::3',
  '1:2:3:4:5:6:7::8',
  ':1:2:3:4:5:6:7:8',
  'fe80::1%eth0',
  '[::1]',
  'g::1',
  '192.0.2.1::',
  'unknown',
])('"%s" is no address', (address) => {
  expect(isAddress(address)).toBe(false);
  expect(storedAddress(address, 'truncate')).toBeNull();
  expect(storedAddress(address, 'keep')).toBeNull();
});

test('keep leaves it whole, drop leaves nothing', () => {
  expect(storedAddress('192.0.2.77', 'keep')).toBe('192.0.2.77');
  expect(storedAddress('2001:db8::6', 'keep')).toBe('2001:db8::6');
  expect(storedAddress('192.0.2.77', 'drop')).toBeNull();
  expect(storedAddress(null, 'keep')).toBeNull();
});
