import { expect, it } from 'vitest';
import { runRobot } from '../../bench/robot.ts';

/** A visitor who never pauses is walked as its rows come: six times the events take little more. */
it('three days of a robot take nearly the same memory, whatever it does in a day', async () => {
  const some = await runRobot(100_000, '300MB');
  const more = await runRobot(600_000, '300MB');
  console.log(`robot: ${some.peak.toFixed(0)} MB at 0.1 M events a day, ${more.peak.toFixed(0)} MB at 0.6 M`);
  // As rows of objects they would take some 400 bytes each; what is left is the engine, and garbage.
  expect(more.peak - some.peak).toBeLessThan(350);
});
