/** Checks that are counted and told as they are made. */
export class Checks {
  passed = 0;
  failed = 0;

  /** Makes a check; a text that it returns is told beside its name, what it throws is how it failed. */
  async check(name: string, make: () => Promise<unknown>): Promise<void> {
    const began = performance.now();
    const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(1)} s`;
    try {
      const about = await make();
      this.passed++;
      console.log(`ok      ${name}${typeof about === 'string' ? `: ${about}` : ''} (${seconds()})`);
    } catch (error) {
      this.failed++;
      console.log(
        `FAILED  ${name} (${seconds()})\n        ${String((error as Error).message).replaceAll('\n', '\n        ')}`,
      );
    }
  }

  /** Makes a check that must fail: a fault was put there on purpose. */
  async mustFail(name: string, fault: RegExp, make: () => Promise<unknown>): Promise<void> {
    await this.check(`seen: ${name}`, async () => {
      const message = await make().then(
        () => null,
        (error) => String((error as Error).message),
      );
      if (message === null) throw new Error('the fault was not noticed');
      if (!fault.test(message)) throw new Error(`noticed as something else: ${message}`);
    });
  }

  /** Prints the sum as the last line, and says by the exit code whether all is well. */
  end(): void {
    console.log(`${this.passed} passed, ${this.failed} failed, 0 skipped`);
    process.exitCode = this.failed > 0 ? 1 : 0;
  }
}
