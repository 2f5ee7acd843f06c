import { sqlLiteral } from '../../../shared/core/sql-literal.ts';

export { sqlLiteral as text };

/** Texts as the list of an `IN`; an empty list holds nothing that there is. */
export const texts = (values: readonly string[]): string =>
  values.length === 0 ? 'NULL' : values.map(sqlLiteral).join(', ');
