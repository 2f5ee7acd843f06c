import { openCounted } from './counted-lake.ts';

/**
 * One process that sessionizes until nothing is left: `history-worker.ts HOME UNITS`, where one call takes on at
 * most UNITS units, or any number of them (0). Prints what it cost as JSON.
 */
const [home = '', units = ''] = process.argv.slice(2);
const { lake, count } = await openCounted(home, ['sessionize', 'work'], Number(units));
const { worked } = await count((drain) => drain());
await lake.close();
process.stdout.write(JSON.stringify(worked), () => process.exit(0));
