import { PRICES, scanDollars } from './core/prices.ts';

/** The part of an SDK client's middleware stack that is needed to see its requests. */
interface Watchable {
  middlewareStack: {
    // biome-ignore lint/suspicious/noExplicitAny: each client has types of its own for the same thing
    add(middleware: any, options: any): void;
  };
}

const READS = new Set(['GetObjectCommand', 'HeadObjectCommand']);
const FREE = new Set(['DeleteObjectCommand', 'DeleteObjectsCommand']);

/** What a call of the SDK costs, dollars at list prices; what is charged by bytes or not at all is 0 here. */
export function requestDollars(client: string, command: string): number {
  if (client === 'S3Client') return FREE.has(command) ? 0 : READS.has(command) ? PRICES.read : PRICES.write;
  if (client === 'SQSClient') return PRICES.queue;
  if (client === 'EventBridgeClient') return PRICES.event;
  return 0;
}

/** Adds up what a function's instance spends, between two looks. */
export class Spend {
  #dollars = 0;

  add(dollars: number): void {
    this.#dollars += dollars;
  }

  /** Bytes that a statement of Athena scanned. */
  addScanned(bytes: number): void {
    this.add(scanDollars(bytes));
  }

  /** Counts the requests of a client from now on, those that are repeated included. */
  watch<Client extends Watchable>(client: Client): Client {
    const counting =
      (next: (args: unknown) => Promise<unknown>, about: { clientName?: string; commandName?: string }) =>
      (args: unknown): Promise<unknown> => {
        this.add(requestDollars(about.clientName ?? '', about.commandName ?? ''));
        return next(args);
      };
    client.middlewareStack.add(counting, { step: 'finalizeRequest', priority: 'low', name: 'spend' });
    return client;
  }

  /** What was spent and not taken yet. */
  get dollars(): number {
    return this.#dollars;
  }

  /** What was spent since the last call. */
  take(): number {
    const dollars = this.#dollars;
    this.#dollars = 0;
    return dollars;
  }
}
