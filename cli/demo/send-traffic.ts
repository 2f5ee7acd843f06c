import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serveCollector } from '../../local/collector-server.ts';
import type { LocalLake } from '../../local/lake.ts';
import { badInput } from '../../shared/core/errors.ts';
import { DAY } from './beacon.ts';
import { Postman } from './postman.ts';
import type { Traffic } from './traffic.ts';

/** How far the demo of a home has come: beacons that were answered, in order of arrival. */
export interface Sent {
  seed: number;
  days: number;
  beacons: number;
  /** Answers by status, over all runs. */
  answers: Record<string, number>;
}

/** The note in a home; one of another seed or length is refused, since both would mix. */
export function readSent(home: string, seed: number, days: number): Sent {
  const path = join(home, 'demo.json');
  if (!existsSync(path)) return { seed, days, beacons: 0, answers: {} };
  const sent = JSON.parse(readFileSync(path, 'utf8')) as Sent;
  if (sent.seed === seed && sent.days === days) return sent;
  throw badInput('other_demo', `${home} holds the demo of seed ${sent.seed}, ${sent.days} days`, {
    field: 'seed',
    fix: `remove the folder, or run the demo in another one with --home`,
  });
}

function writeSent(home: string, sent: Sent): void {
  const path = join(home, 'demo.json');
  writeFileSync(`${path}.part`, JSON.stringify(sent));
  renameSync(`${path}.part`, path);
}

/**
 * Posts the traffic to the collector over HTTP, from where the last run stopped, with the collector's
 * clock set to each beacon's time of arrival; what is taken lands at the end of each day. A beacon whose
 * answer isn't noted yet is sent again: its events have ids, so copies are dropped.
 *
 * @param clock the one that the lake was opened with
 * @throws when a beacon is answered otherwise than it must be
 */
export async function sendTraffic(
  lake: LocalLake,
  home: string,
  clock: { time: number },
  traffic: Traffic,
  sent: Sent,
  progress: (beacons: number) => void,
): Promise<Sent> {
  const server = await serveCollector(lake.collector, { host: '127.0.0.1', port: 0, clock: lake.clock });
  const postman = new Postman(server.url);
  try {
    let day = Number.NaN;
    for (let i = sent.beacons; i < traffic.beacons.length; i++) {
      const beacon = traffic.beacons[i]!;
      const today = Math.floor(beacon.at / DAY);
      if (today !== day && !Number.isNaN(day)) {
        await lake.lander.drain();
        writeSent(home, sent);
      }
      day = today;
      clock.time = beacon.at;
      const { status } = await postman.send(beacon);
      if (status !== beacon.expected.status) {
        throw new Error(`beacon ${i} was answered ${status}, not ${beacon.expected.status}`);
      }
      sent.beacons = i + 1;
      sent.answers[status] = (sent.answers[status] ?? 0) + 1;
      if (sent.beacons % 50 === 0) writeSent(home, sent);
      progress(sent.beacons);
    }
    writeSent(home, sent);
    return sent;
  } finally {
    postman.close();
    await server.close();
  }
}
