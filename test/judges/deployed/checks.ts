/** How the judgements went so far. */
export const counts = { passed: 0, failed: 0, skipped: 0 };

/** One judgement, told in a line. What needs one that failed is counted as skipped. @returns whether it holds */
export async function check(name: string, judge: () => Promise<void>, needs = true): Promise<boolean> {
  const from = Date.now();
  const say = (verdict: string): void =>
    console.log(`${verdict.padEnd(8)} ${((Date.now() - from) / 1000).toFixed(1).padStart(5)} s  ${name}`);
  if (!needs) {
    counts.skipped += 1;
    say('skipped');
    return false;
  }
  try {
    await judge();
    counts.passed += 1;
    say('ok');
    return true;
  } catch (cause) {
    counts.failed += 1;
    say('FAILED');
    console.log((cause as Error).message.split('\n').slice(0, 40).join('\n'));
    return false;
  }
}
