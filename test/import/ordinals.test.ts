import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { Ordinals } from '../../shared/import/ordinals.ts';

test('counts each content by itself, through many enlargements', () => {
  const ordinals = new Ordinals();
  const counted = new Map<number, number>();
  for (let i = 0; i < 30_000; i++) {
    const content = (i * 7919) % 11_003;
    const hash = createHash('sha256').update(String(content)).digest('hex');
    const before = counted.get(content) ?? 0;
    if (ordinals.next(hash) !== before) expect.fail(`content ${content} was not the ${before}th`);
    counted.set(content, before + 1);
  }
  expect(counted.size).toBe(11_003);
});

test('hashes that begin alike are told apart', () => {
  const ordinals = new Ordinals();
  const start = 'ab'.repeat(15);
  expect([`${start}00`, `${start}01`, `${start}00`].map((hash) => ordinals.next(hash))).toEqual([0, 0, 1]);
});

test('a hash of nothing but zeros counts like any other', () => {
  const ordinals = new Ordinals();
  const zeros = '0'.repeat(64);
  expect([ordinals.next(zeros), ordinals.next(zeros), ordinals.next(zeros)]).toEqual([0, 1, 2]);
});
