import { FACT_COLUMNS, LANDING_TYPES } from '../../shared/lake/facts.ts';

/** The columns of facts as a list in SQL. */
export const FACTS = FACT_COLUMNS.join(', ');

const typeOf = (column: string): string => {
  if (column === 'event_time' || column === 'received_at') return 'TIMESTAMP';
  return column === 'landing_line' ? 'BIGINT' : (LANDING_TYPES[column] ?? 'VARCHAR');
};

/** A query of facts that has none. */
export const NO_FACTS = `SELECT ${FACT_COLUMNS.map((column) => `NULL::${typeOf(column)} AS ${column}`).join(', ')} WHERE false`;
