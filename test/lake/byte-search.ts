import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { literal, rows, withConnection } from '../../shared/duckdb/engine.ts';

/**
 * Every file below a folder that holds a text: in its name, its bytes, what gzip unpacks to (all members), or any
 * value of a Parquet file. Knows nothing of what the product looks at.
 */
export async function filesHolding(folder: string, text: string): Promise<string[]> {
  const found: string[] = [];
  await withConnection(async (connection) => {
    for (const path of filesBelow(folder)) {
      const body = readFileSync(path);
      const texts = [path.slice(folder.length), body.toString('latin1')];
      if (body[0] === 0x1f && body[1] === 0x8b) texts.push(gunzipSync(body).toString('utf8'));
      if (body.subarray(0, 4).toString('latin1') === 'PAR1') {
        const all = await rows<object>(
          connection,
          `FROM read_parquet(${literal(path)}, hive_partitioning = false)`,
        );
        texts.push(JSON.stringify(all, (_, value) => (typeof value === 'bigint' ? String(value) : value)));
      }
      if (texts.some((one) => one.includes(text))) found.push(path.slice(folder.length));
    }
  });
  return found;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const about = lstatSync(path);
    if (about.isDirectory()) return filesBelow(path);
    return about.isFile() ? [path] : [];
  });
}
