import { describe, expect, it } from 'vitest';
import { failedMessages } from '../../local/runtime/index.ts';

// AWS Lambda developer guide, "Handling errors for an SQS event source in Lambda", success and failure
// conditions of ReportBatchItemFailures.
const ids = ['a', 'b', 'c'];
const none: string[] = [];
const cases: [name: string, response: unknown, failed: string[]][] = [
  ['nothing', undefined, none],
  ['null', null, none],
  ['an empty object', {}, none],
  ['a null list', { batchItemFailures: null }, none],
  ['an empty list', { batchItemFailures: [] }, none],
  ['other members only', { statusCode: 200 }, none],
  ['one of them', { batchItemFailures: [{ itemIdentifier: 'b' }] }, ['b']],
  ['one twice', { batchItemFailures: [{ itemIdentifier: 'b' }, { itemIdentifier: 'b' }] }, ['b']],
  ['all', { batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) }, ids],
  ['an unknown id', { batchItemFailures: [{ itemIdentifier: 'b' }, { itemIdentifier: 'z' }] }, ids],
  ['an empty id', { batchItemFailures: [{ itemIdentifier: '' }] }, ids],
  ['a null id', { batchItemFailures: [{ itemIdentifier: null }] }, ids],
  ['a number as id', { batchItemFailures: [{ itemIdentifier: 1 }] }, ids],
  ['a bad key name', { batchItemFailures: [{ messageId: 'b' }] }, ids],
  ['plain ids', { batchItemFailures: ['b'] }, ids],
  ['a null item', { batchItemFailures: [null] }, ids],
  ['no list', { batchItemFailures: { itemIdentifier: 'b' } }, ids],
  ['text', 'done', ids],
  ['a list', [{ itemIdentifier: 'b' }], ids],
];

describe('reading the response to a batch', () => {
  it.each(cases)('%s', (_name, response, failed) => {
    expect([...failedMessages(response, ids, true)].sort()).toEqual(failed);
  });

  it.each(cases)('without partial failures, %s means nothing', (_name, response) => {
    expect([...failedMessages(response, ids, false)]).toEqual([]);
  });
});
