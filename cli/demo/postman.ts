import { Agent, request } from 'node:http';
import type { Beacon } from './beacon.ts';

/** An answer of the collector. */
export interface Answer {
  status: number;
  /** Good and refused events of a beacon that was taken; 0 for all else. */
  accepted: number;
  rejected: number;
}

/** Sends beacons one after the other over one connection that stays open. */
export class Postman {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #url: string;

  /** @param url of the collector, without a slash at the end */
  constructor(url: string) {
    this.#url = url;
  }

  /** Resolves with the answer; rejects when there is none. */
  async send(beacon: Beacon): Promise<Answer> {
    const { status, body } = await this.#exchange(beacon);
    if (status !== 202) return { status, accepted: 0, rejected: 0 };
    const { accepted, rejected } = JSON.parse(body) as { accepted: number; rejected: unknown[] };
    return { status, accepted, rejected: rejected.length };
  }

  close(): void {
    this.#agent.destroy();
  }

  #exchange({ method, path, headers, body }: Beacon): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const sent = request(
        this.#url + path,
        { method, agent: this.#agent, headers: { ...headers, 'content-length': String(body.length) } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }
}
