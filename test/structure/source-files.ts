import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Top of the repository. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** The rooms of the product, in which every rule of the house holds. */
export const ROOMS = ['cli', 'functions', 'local', 'shared', 'tracker', 'infra', 'marts', 'bin', 'bench'];

/** One source file: its path from the top, with `/`, and what it says. */
export interface SourceFile {
  path: string;
  text: string;
}

/** Source files below the given folders; folders that don't exist yet have none. */
export function sourceFiles(folders: readonly string[]): SourceFile[] {
  const found: SourceFile[] = [];
  for (const folder of folders) {
    if (!existsSync(join(ROOT, folder))) continue;
    for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })) {
      if (!entry.isFile() || !/\.(ts|mts|mjs|cjs|js|css|sql|yml|yaml|json)$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name)
        .slice(ROOT.length + 1)
        .replaceAll('\\', '/');
      if (path.includes('node_modules/')) continue;
      found.push({ path, text: readFileSync(join(ROOT, path), 'utf8') });
    }
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

const IMPORT =
  /(?:^|[;\s])(?:import|export)\s[^;'"()]*?from\s*['"]([^'"]+)['"]|(?:^|[;\s])import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** What a file imports, by name as written. Comments are not read; imports of types only if asked for. */
export function importsOf(text: string, options: { types: boolean } = { types: true }): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/[^\n]*/g, '$1');
  return [...code.matchAll(IMPORT)]
    .filter(([whole]) => options.types || !/^\W*(?:import|export)\s+type\s/.test(whole))
    .map((match) => (match[1] ?? match[2] ?? match[3])!);
}

/** The path from the top that a relative import means; null for a package. */
export function importedPath(from: string, name: string): string | null {
  return name.startsWith('.') ? posix.join(posix.dirname(from), name) : null;
}
