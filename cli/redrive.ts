import { topology } from '../local/topology.ts';
import type { WorkingLake } from '../local/working-lake.ts';
import { redriveQueue } from '../shared/clients/sqs-redrive.ts';

/**
 * Sends messages that were given up back to their queues.
 *
 * @param only this queue; by default all of them
 * @returns by queue, how many went back
 */
export async function redrive(lake: WorkingLake, only?: string): Promise<Record<string, number>> {
  const moved: Record<string, number> = {};
  for (const { name, dlq } of topology.queues) {
    if (dlq === undefined || (only !== undefined && name !== only)) continue;
    const n = await redriveQueue(lake.clients.sqs, lake.queueUrl(dlq), lake.queueUrl(name));
    if (n > 0) moved[name] = n;
  }
  return moved;
}
