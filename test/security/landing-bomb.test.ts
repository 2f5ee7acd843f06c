import { constants } from 'node:buffer';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { readLandingUnit } from '../../shared/lake/landing.ts';

it('a landing object of less than a MB that unpacks to more than a text holds is damaged, and not unpacked', () => {
  const size = 64 * 1024 * 1024;
  const part = gzipSync(Buffer.alloc(size, 32));
  const parts = Math.ceil((1.5 * constants.MAX_STRING_LENGTH) / size);
  const bomb = Buffer.concat(Array<Buffer>(parts).fill(part));
  expect(bomb.length).toBeLessThan(1024 * 1024);
  const unit = { site: 'shop', unit: '2026-03-01', count: 1, offset: 0, length: bomb.length };
  // The cause tells that unpacking ended, not that its result was too long to be a text.
  expect(() => readLandingUnit(bomb, unit)).toThrowError(
    expect.objectContaining({
      code: 'corrupt_landing',
      cause: expect.objectContaining({ code: 'ERR_BUFFER_TOO_LARGE' }),
    }),
  );
});
