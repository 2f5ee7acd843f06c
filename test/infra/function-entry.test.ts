import { expect, test } from 'vitest';
import { publishEnvironment } from '../../functions/publish/environment.ts';
import { lakeEnvironment } from '../../shared/environment.ts';
import { onFirstCall } from '../../shared/function-entry.ts';

test('a world is built at the first call and kept', async () => {
  let built = 0;
  const entry = onFirstCall(() => {
    built++;
    return async (event: number, context: string) => `${context} ${event + 1}`;
  });
  expect(built).toBe(0);
  expect(await entry(1, 'a')).toBe('a 2');
  expect(await entry(2, 'b')).toBe('b 3');
  expect(built).toBe(1);
});

test('a world that could not be built rejects that call and is tried again at the next', async () => {
  const worlds = [lakeEnvironment.bind(null, {}), () => ({ bucket: 'b', bus: 'x' })];
  const entry = onFirstCall(() => {
    const { bucket } = worlds.shift()!();
    return async () => bucket;
  });
  await expect(entry(null, null)).rejects.toMatchObject({ code: 'bad_environment', field: 'RETCON_BUCKET' });
  expect(await entry(null, null)).toBe('b');
});

test('what publish is told, and what it lacks by name', () => {
  const whole = { RETCON_BUCKET: 'lake-1', RETCON_BUS: 'retcon', RETCON_WORKGROUP: 'w' };
  expect(publishEnvironment(whole)).toEqual({
    bucket: 'lake-1',
    bus: 'retcon',
    workGroup: 'w',
    marts: 'schedule',
    martsPerDay: 1,
  });
  expect(publishEnvironment({ ...whole, RETCON_MARTS: 'arrivals' }).marts).toBe('arrivals');
  expect(publishEnvironment({ ...whole, RETCON_MARTS_PER_DAY: '2.5' }).martsPerDay).toBe(2.5);
  expect(() => publishEnvironment({ ...whole, RETCON_MARTS_PER_DAY: 'much' })).toThrow(
    /RETCON_MARTS_PER_DAY is "much": give dollars a day, such as 1/,
  );
  expect(() => publishEnvironment({ ...whole, RETCON_MARTS: 'often' })).toThrow(
    /RETCON_MARTS is "often": use arrivals or schedule/,
  );
  for (const name of Object.keys(whole)) {
    expect(() => publishEnvironment({ ...whole, [name]: undefined })).toThrow(`${name} is not set`);
  }
});
