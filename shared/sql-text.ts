import { readFileSync } from 'node:fs';

/**
 * The text of a `.sql` file that lies beside the module that asks for it. The bundler inlines the call.
 *
 * @param base the caller's `import.meta.url`
 */
export function sqlText(base: string, file: string): string {
  return readFileSync(new URL(file, base), 'utf8');
}

/** Fills `{{name}}` in a SQL text; throws when a name is missing, so that no hole survives. */
export function fillSql(sql: string, values: Record<string, string>): string {
  return sql.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`SQL asks for {{${name}}}, which was not given`);
    return value;
  });
}
