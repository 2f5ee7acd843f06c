import type { FaultHook } from '../../local/aws/index.ts';

/** Lets `allowed` calls through once armed, then none: as if the process had been killed. */
export function killer(allowed: number) {
  let armed = false;
  let calls = 0;
  const fault: FaultHook = (_, phase) => {
    if (!armed) return undefined;
    if (phase === 'before') calls++;
    if (calls > allowed) throw Object.assign(new Error('killed'), { code: 'EKILLED' });
    return undefined;
  };
  return { fault, calls: () => calls, arm: () => (armed = true) };
}
