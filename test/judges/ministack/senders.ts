import { request } from 'node:http';
import { type Beacon, FROM_THE_CDN } from '../deployed/traffic.ts';

/** Ways to post to the emulator under the names of hosts that it serves. */
export function senders(url: string) {
  /** `fetch` names the host of the address itself: this names another one. */
  const post = (
    host: string,
    headers: Record<string, string>,
    body: string,
  ): Promise<{ status: number; cookie: string }> =>
    new Promise((done, broken) => {
      const length = Buffer.byteLength(body);
      const all = {
        ...headers,
        ...FROM_THE_CDN,
        host,
        'x-forwarded-proto': 'https',
        'content-length': length,
      };
      const sent = request(`${url}/v1/events`, { method: 'POST', headers: all }, (reply) => {
        reply.resume();
        const cookie = reply.headers['set-cookie']?.[0] ?? '';
        reply.on('end', () => done({ status: reply.statusCode ?? 0, cookie }));
      });
      sent.once('error', broken);
      sent.end(body);
    });
  return {
    post,
    /** Sends beacons as browsers do, over TLS to the CDN's name. Gives the statuses. */
    async send(host: string, beacons: readonly Beacon[]): Promise<number[]> {
      const statuses: number[] = [];
      for (const { headers, body } of beacons) statuses.push((await post(host, headers, body)).status);
      return statuses;
    },
  };
}
