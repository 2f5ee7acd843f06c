import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { awsErrorResponse, type Call, type FaultHook, type LocalResponse } from '../../local/aws/index.ts';

/** What goes wrong between a function and AWS without anybody being to blame. */
export const FAULTS = [
  /** A conditional write that S3 asks to send again: 409. */
  'conflict',
  /** A conditional write that S3 says somebody else won: 412. */
  'lost',
  /** S3 has too much to do: 503. */
  'slow down',
  /** The request was applied and its answer never came; the SDK sends it again. */
  'timed out, applied',
  /** The same, and the SDK gives up. */
  'broken off, applied',
  /** A message is given to somebody else while it is being worked on. */
  'delivered twice',
] as const;

type Fault = (typeof FAULTS)[number];

/** Objects that are only ever put under a condition. */
const CONDITIONAL = /^lake\/(landing|state\/(log|checkpoints|manifests|projections|marts))\//;
/** Operations after which something is otherwise than before. */
export const CHANGES =
  /^(Put|Delete|Send|Create|Update|Start|Change|BatchCreate|BatchUpdate|BatchDelete|UploadPart|Complete)/;

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * A fault hook that lets each kind of fault happen now and then, at most `most` times each, and counts them.
 *
 * @param sqs a client without faults, to give messages back that are being worked on
 */
export function flakyAws(
  seed: number,
  most: number,
  sqs: () => SQSClient,
): { hook: FaultHook; injected: Record<Fault, number>; arm(): void } {
  const random = randomNumbers(seed);
  const injected = Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as Record<Fault, number>;
  let armed = false;
  const happens = (fault: Fault, chance: number): boolean => {
    if (!armed || injected[fault] >= most || random() >= chance) return false;
    injected[fault]++;
    return true;
  };
  const before = ({ service, operation, summary }: Call): LocalResponse | undefined => {
    if (service !== 's3') return undefined;
    if (happens('slow down', 0.02)) {
      return awsErrorResponse('s3', 'SlowDown', 'Please reduce your request rate.', 503);
    }
    if (operation !== 'PutObject' || !CONDITIONAL.test(summary)) return undefined;
    if (happens('conflict', 0.15)) {
      const message = 'The conditional request cannot succeed due to a conflicting operation.';
      return awsErrorResponse('s3', 'ConditionalRequestConflict', message, 409);
    }
    if (happens('lost', 0.1)) {
      const message = 'At least one of the pre-conditions you specified did not hold';
      return awsErrorResponse('s3', 'PreconditionFailed', message, 412);
    }
    return undefined;
  };
  const after = async (call: Call, response: LocalResponse): Promise<LocalResponse | undefined> => {
    const { service, operation, summary } = call;
    if (operation === 'ReceiveMessage') {
      for (const message of received(response)) {
        // A message that has come often enough is left alone: dead letters must mean something.
        if (message.count > 2 || !happens('delivered twice', 0.2)) continue;
        await sqs().send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: summary,
            ReceiptHandle: message.handle,
            VisibilityTimeout: 0,
          }),
        );
      }
      return undefined;
    }
    if (!CHANGES.test(operation) || response.statusCode >= 300) return undefined;
    if (happens('timed out, applied', 0.1)) {
      throw Object.assign(new Error('no answer in time'), { name: 'TimeoutError' });
    }
    const settledByUs = service === 's3' && CONDITIONAL.test(summary);
    if (settledByUs && happens('broken off, applied', 0.2)) throw new Error('the connection broke');
    return undefined;
  };
  return {
    injected,
    arm: () => {
      armed = true;
    },
    hook: (call, phase, response) => (phase === 'before' ? before(call) : after(call, response!)),
  };
}

function received(response: LocalResponse): { handle: string; count: number }[] {
  const body = JSON.parse(Buffer.from(response.body as Uint8Array).toString('utf8')) as {
    Messages?: { ReceiptHandle: string; Attributes?: { ApproximateReceiveCount?: string } }[];
  };
  return (body.Messages ?? []).map(({ ReceiptHandle, Attributes }) => ({
    handle: ReceiptHandle,
    count: Number(Attributes?.ApproximateReceiveCount ?? 1),
  }));
}
