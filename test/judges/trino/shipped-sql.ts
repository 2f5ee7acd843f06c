import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** A query that the documentation shows: what comes after \`retcon query\` in a block of code. */
export interface ShownQuery {
  where: string;
  sql: string;
}

/** All queries that readers are shown in Markdown, each once. */
export function shownQueries(): ShownQuery[] {
  const files = ['README.md', 'CONTRIBUTING.md', 'marts/README.md'];
  for (const name of readdirSync(join(ROOT, 'docs'))) if (name.endsWith('.md')) files.push(`docs/${name}`);
  const found = new Map<string, ShownQuery>();
  for (const file of files) {
    const text = readFileSync(join(ROOT, file), 'utf8');
    for (const [, double, single] of text.matchAll(/retcon query (?:"([^"]+)"|'([^']+)')/g)) {
      const sql = (double ?? single)!.replace(/\s+/g, ' ');
      if (/^(SELECT|WITH)\b/i.test(sql)) found.set(sql, { where: file, sql });
    }
  }
  return [...found.values()];
}
