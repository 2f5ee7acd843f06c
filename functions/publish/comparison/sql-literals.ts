/** A text as SQL. */
export const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** Texts as the list of an `IN`; an empty list holds nothing that there is. */
export const texts = (values: readonly string[]): string =>
  values.length === 0 ? 'NULL' : values.map(text).join(', ');
