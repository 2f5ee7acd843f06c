import type { AthenaQueries } from '../../../shared/clients/athena-queries.ts';

/**
 * All three tables in one statement, joined by what a release gives them: sessions of one definition are not found in
 * events of another.
 */
const JOINED = `SELECT c.release, count(*) AS events, count(DISTINCT s.session_id) AS sessions,
  count(DISTINCT v.event_id) AS conversions, count_if(e.session_id IS NOT NULL AND s.session_id IS NULL) AS lost
FROM events e
LEFT JOIN sessions s ON s.site = e.site AND s.session_id = e.session_id
LEFT JOIN conversions v ON v.site = e.site AND v.event_id = e.event_id AND v.session_id = s.session_id
CROSS JOIN current_release c
GROUP BY c.release`;

export const joined = async (queries: AthenaQueries): Promise<string> =>
  (await queries.query(JOINED)).rows.map((row) => row.join(' ')).join('; ');

/** Time for those who work, on a machine of two cores. */
const PAUSE_MS = 250;

/** A reader that asks the same again and again until it is stopped. */
export interface Reader {
  /** Waits for an answer to a question that is yet to be put. */
  another(): Promise<void>;
  /** Stops, and gives every answer in order. */
  stop(): Promise<string[]>;
}

export function startReader(queries: AthenaQueries): Reader {
  let going = true;
  const answers: string[] = [];
  const reading = (async () => {
    while (going) {
      answers.push(await joined(queries));
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  })();
  // Whoever waits hears of it; nobody needs to.
  reading.catch(() => {});
  return {
    async another() {
      for (const wanted = answers.length + 2; answers.length < wanted; )
        await Promise.race([reading, new Promise((resolve) => setTimeout(resolve, 20))]);
    },
    async stop() {
      going = false;
      await reading;
      return answers;
    },
  };
}
