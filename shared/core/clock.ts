/** The only source of "now": passed in, so that tests and the demo can drive time. Milliseconds UTC. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
