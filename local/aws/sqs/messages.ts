import { AwsError } from '../errors.ts';
import type { Operation } from '../json.ts';
import { batchEntries, read, runBatch } from './batch.ts';
import { outgoingSize, readOutgoing, sendMessage } from './send.ts';
import type { SqsContext } from './service.ts';

const BATCH_BYTES = 1_048_576;
const SEND = ['MessageBody', 'DelaySeconds', 'MessageAttributes', 'MessageSystemAttributes'];

/** SendMessage, DeleteMessage, ChangeMessageVisibility, and each as a batch. */
export function messageOperations(context: SqsContext): Record<string, Operation> {
  const remove = (queue: string, handle: string): void => {
    checkHandle(handle);
    const mailbox = context.mailbox(queue);
    // An old handle of a message that somebody has received since deletes nothing, and is no error.
    const claim = mailbox.claimed(handle);
    if (claim) mailbox.remove(claim);
  };
  const postpone = (queue: string, handle: string, seconds: number): void => {
    checkHandle(handle);
    const mailbox = context.mailbox(queue);
    const now = context.clock.now();
    const claim = mailbox.claimed(handle);
    if (!claim || claim.visible <= now || !mailbox.postpone(claim, now + seconds * 1000)) {
      throw new AwsError('MessageNotInflight', 'The specified message is not in flight.');
    }
  };
  return {
    SendMessage: {
      accepts: ['QueueUrl', ...SEND],
      run: (input) =>
        sendMessage(context, context.queueOf(read.text(input, 'QueueUrl')), readOutgoing(input)),
    },
    SendMessageBatch: {
      accepts: ['QueueUrl', 'Entries'],
      run(input) {
        const queue = context.queueOf(read.text(input, 'QueueUrl'));
        const bytes = batchEntries(input).reduce((sum, entry) => sum + entrySize(entry), 0);
        if (bytes > BATCH_BYTES) {
          throw new AwsError(
            'BatchRequestTooLong',
            `Batch requests cannot be longer than ${BATCH_BYTES} bytes. You have sent ${bytes} bytes.`,
          );
        }
        return runBatch(input, SEND, (entry) => sendMessage(context, queue, readOutgoing(entry)));
      },
    },
    DeleteMessage: {
      accepts: ['QueueUrl', 'ReceiptHandle'],
      run(input) {
        remove(context.queueOf(read.text(input, 'QueueUrl')), read.text(input, 'ReceiptHandle'));
      },
    },
    DeleteMessageBatch: {
      accepts: ['QueueUrl', 'Entries'],
      run(input) {
        const queue = context.queueOf(read.text(input, 'QueueUrl'));
        return runBatch(input, ['ReceiptHandle'], (entry) => {
          remove(queue, read.text(entry, 'ReceiptHandle'));
          return {};
        });
      },
    },
    ChangeMessageVisibility: {
      accepts: ['QueueUrl', 'ReceiptHandle', 'VisibilityTimeout'],
      run(input) {
        const queue = context.queueOf(read.text(input, 'QueueUrl'));
        const seconds = read.whole(input, 'VisibilityTimeout', 0, 43_200);
        postpone(queue, read.text(input, 'ReceiptHandle'), seconds);
      },
    },
    ChangeMessageVisibilityBatch: {
      accepts: ['QueueUrl', 'Entries'],
      run(input) {
        const queue = context.queueOf(read.text(input, 'QueueUrl'));
        return runBatch(input, ['ReceiptHandle', 'VisibilityTimeout'], (entry) => {
          const seconds = read.maybeWhole(entry, 'VisibilityTimeout', 0, 43_200) ?? 0;
          postpone(queue, read.text(entry, 'ReceiptHandle'), seconds);
          return {};
        });
      },
    },
  };
}

/** An entry's size; one that can't be read fails later, on its own. */
function entrySize(entry: Record<string, unknown>): number {
  try {
    return outgoingSize(readOutgoing(entry));
  } catch {
    return 0;
  }
}

function checkHandle(handle: string): void {
  const file = Buffer.from(handle, 'base64').toString('utf8');
  if (!/^\d{13}-\d+-\d+-[\w-]+(@[\w-]+)?$/.test(file)) {
    throw new AwsError(
      'ReceiptHandleIsInvalid',
      `The input receipt handle "${handle}" is not a valid receipt handle.`,
    );
  }
}
