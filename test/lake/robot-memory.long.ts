import { expect, it } from 'vitest';
import { runRobot } from '../../bench/robot.ts';

/** A visitor who never pauses is walked as its rows come: four times the events are held in the same memory. */
it('three days of a robot take the same memory, whatever it does in a day', async () => {
  const some = await runRobot(250_000, '300MB');
  const more = await runRobot(1_000_000, '300MB');
  console.log(`robot: ${some.peak.toFixed(0)} MB at 0.25 M events a day, ${more.peak.toFixed(0)} MB at 1 M`);
  // Two bytes an event, and what the collector of garbage leaves lying about.
  expect(more.peak - some.peak).toBeLessThan(150);
});
