/** The text of a mart that counts the events of each day. */
export const dailyMart = (description = 'events of a day'): string => `/*---
description: ${description}
grain: [site, dt]
inputs: { events: all }
rebuild: full
columns: { site: the site, dt: the day, n: events }
---*/
SELECT site, dt, count(*) AS n FROM events GROUP BY site, dt
`;
