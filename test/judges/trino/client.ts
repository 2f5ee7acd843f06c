/** What Trino answers: values as JSON gives them; whole numbers and doubles as the text that came. */
export interface TrinoAnswer {
  columns: { name: string; type: string }[];
  rows: unknown[][];
  /** Bytes read from storage. */
  scannedBytes: number;
}

/** A number of Trino's answer, as its digits. */
export class Digits {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A statement that Trino refuses or fails, in its words. */
export class TrinoError extends Error {
  readonly errorName: string;
  readonly errorType: string;
  constructor(error: { errorName: string; errorType: string; message: string }) {
    super(error.message);
    this.errorName = error.errorName;
    this.errorType = error.errorType;
  }
}

interface Page {
  id: string;
  nextUri?: string;
  columns?: TrinoAnswer['columns'];
  data?: unknown[][];
  stats?: { physicalInputBytes?: Digits };
  error?: { errorName: string; errorType: string; message: string };
}

export interface Asked {
  catalog: string;
  schema: string;
  /** Given the way to stop the statement, as soon as there is one. */
  onRunning?: (stop: () => void) => void;
  session?: Record<string, string>;
}

/**
 * Runs one statement by Trino's client protocol (https://trino.io/docs/current/develop/client-protocol.html), in UTC,
 * and waits for all of its rows. Throws `TrinoError`.
 */
export async function askTrino(url: string, sql: string, asked: Asked): Promise<TrinoAnswer> {
  const headers: Record<string, string> = {
    'X-Trino-User': 'judge',
    'X-Trino-Catalog': asked.catalog,
    'X-Trino-Schema': asked.schema,
    'X-Trino-Time-Zone': 'UTC',
    // Without it times are cut to ms on their way out, and finer ones would pass for right.
    'X-Trino-Client-Capabilities': 'PARAMETRIC_DATETIME',
    'X-Trino-Session': Object.entries(asked.session ?? {})
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join(','),
  };
  const answer: TrinoAnswer = { columns: [], rows: [], scannedBytes: 0 };
  let next: string | undefined;
  asked.onRunning?.(() => {
    if (next !== undefined) void fetch(next, { method: 'DELETE', headers });
  });
  let page = await pageOf(`${url}/v1/statement`, { method: 'POST', headers, body: sql });
  for (;;) {
    next = page.nextUri;
    if (page.columns) answer.columns = page.columns.map(({ name, type }) => ({ name, type }));
    answer.rows.push(...(page.data ?? []));
    answer.scannedBytes = Number(page.stats?.physicalInputBytes?.text ?? answer.scannedBytes);
    if (page.error) throw new TrinoError(page.error);
    if (next === undefined) return answer;
    page = await pageOf(next, { headers });
  }
}

async function pageOf(url: string, request: RequestInit): Promise<Page> {
  for (let attempt = 1; ; attempt++) {
    const reply = await fetch(url, request);
    const text = await reply.text();
    if (reply.status === 200) return parse(text) as Page;
    if (![429, 502, 503, 504].includes(reply.status) || attempt > 50)
      throw new Error(`Trino answers ${reply.status}: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** JSON whose numbers stay digits: a bigint is not made a double on its way. */
function parse(text: string): unknown {
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    token[0] === '"' ? token : `{"digits":"${token}"}`,
  );
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === 'object' && value !== null && Object.keys(value).join() === 'digits'
      ? new Digits((value as { digits: string }).digits)
      : value,
  );
}
