/**
 * What is connected to what: the queues, rules and event source mappings of the lake, as the embedded
 * runtime provisions them. A test holds this list against the template that is deployed.
 */
export interface Topology {
  bucket: string;
  buses: string[];
  queues: { name: string; visibilitySeconds: number; maxReceive: number; dlq?: string }[];
  rules: { name: string; bus: string; pattern: Record<string, unknown>; queue: string }[];
  mappings: {
    queue: string;
    function: string;
    batchSize: number;
    partialFailures: boolean;
    concurrency: number;
  }[];
}

export const topology: Topology = {
  bucket: 'lake',
  buses: ['retcon'],
  queues: [
    { name: 'ingest', visibilitySeconds: 180, maxReceive: 5, dlq: 'ingest-dlq' },
    { name: 'compact', visibilitySeconds: 5400, maxReceive: 5, dlq: 'compact-dlq' },
    { name: 'sessionize', visibilitySeconds: 5400, maxReceive: 5, dlq: 'sessionize-dlq' },
    { name: 'work', visibilitySeconds: 5400, maxReceive: 5, dlq: 'work-dlq' },
    { name: 'publish', visibilitySeconds: 5400, maxReceive: 5, dlq: 'publish-dlq' },
  ],
  rules: [
    {
      name: 'landed',
      bus: 'default',
      pattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { bucket: { name: ['lake'] }, object: { key: [{ prefix: 'landing/' }] } },
      },
      queue: 'compact',
    },
    {
      name: 'proposed',
      bus: 'default',
      pattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { bucket: { name: ['lake'] }, object: { key: [{ prefix: 'config/proposals/' }] } },
      },
      queue: 'sessionize',
    },
    {
      name: 'compacted',
      bus: 'retcon',
      pattern: {
        source: ['retcon'],
        'detail-type': [
          'Partition Compacted',
          'Release Published',
          'Definition Changed',
          'Reprocess Requested',
        ],
      },
      queue: 'sessionize',
    },
    {
      name: 'sessionized',
      bus: 'retcon',
      pattern: {
        source: ['retcon'],
        'detail-type': ['Partition Sessionized', 'Release Published', 'Definition Changed'],
      },
      queue: 'publish',
    },
  ],
  mappings: [
    { queue: 'ingest', function: 'land', batchSize: 1000, partialFailures: true, concurrency: 2 },
    { queue: 'compact', function: 'compact', batchSize: 100, partialFailures: true, concurrency: 2 },
    { queue: 'sessionize', function: 'sessionize', batchSize: 1000, partialFailures: true, concurrency: 2 },
    { queue: 'work', function: 'work', batchSize: 1, partialFailures: true, concurrency: 2 },
    { queue: 'publish', function: 'publish', batchSize: 1000, partialFailures: true, concurrency: 2 },
  ],
};
