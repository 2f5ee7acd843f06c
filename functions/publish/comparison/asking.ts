import type { QueryAnswer } from '../../../shared/clients/athena-queries.ts';

/** Something that answers Athena SQL. */
export interface Asking {
  query(sql: string): Promise<QueryAnswer>;
}

/** What questions cost. */
export interface Asked {
  queries: number;
  bytes_scanned: number;
}

/** Passes questions on and counts them. */
export function counting(asking: Asking): Asking & { asked: Asked } {
  const asked = { queries: 0, bytes_scanned: 0 };
  return {
    asked,
    async query(sql) {
      const answer = await asking.query(sql);
      asked.queries++;
      asked.bytes_scanned += answer.bytesScanned;
      return answer;
    },
  };
}
