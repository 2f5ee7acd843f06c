import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importedPath, importsOf, ROOMS, ROOT, sourceFiles } from './source-files.ts';

const files = sourceFiles(ROOMS).filter(
  ({ path }) => /\.(ts|mts|mjs|js)$/.test(path) && !path.startsWith('tracker/dist/'),
);
const imports = files.flatMap(({ path, text }) =>
  importsOf(text).map((name) => ({ from: path, name, to: importedPath(path, name) })),
);

/** Which room may import from which, besides itself. */
const MAY: Record<string, string[]> = {
  'shared/core': [],
  shared: ['shared/core'],
  marts: ['shared'],
  functions: ['shared', 'shared/core', 'tracker', 'marts'],
  local: ['functions', 'shared', 'shared/core', 'tracker'],
  cli: ['local', 'functions', 'shared', 'shared/core', 'tracker', 'marts'],
  bin: ['cli'],
  tracker: [],
  infra: [],
  bench: ['cli', 'local', 'functions', 'shared', 'shared/core'],
};

/** Packages that compute and nothing else: what the pure core may stand on. */
const PURE = ['bowser', 'isbot', 'temporal-polyfill', 'tldts', 'typebox', 'yaml', 'zod', 'node:crypto'];

/** What the browser gets of the page of `retcon dev`. */
const CLIENT = 'local/page/client/';

function roomOf(path: string): string {
  return path.startsWith('shared/core/') ? 'shared/core' : path.slice(0, path.indexOf('/'));
}

test('the readers of imports see every form, and no comment', () => {
  const text = `import a from './a.ts';
import {
  b,
} from "./b.ts";
import './c.ts';
export * from './d.ts';
export type { E } from './e.ts';
const f = await import('./f.ts'); // import './no.ts'
/* import './no.ts' */`;
  expect(importsOf(text)).toEqual(['./a.ts', './b.ts', './c.ts', './d.ts', './e.ts', './f.ts']);
  expect(importedPath('functions/ingest/lambda.ts', '../../shared/scratch.ts')).toBe('shared/scratch.ts');
  expect(imports.length).toBeGreaterThan(files.length);
});

test('every relative import names a file that exists, with its ending', () => {
  const broken = imports.filter(({ to }) => to !== null && !existsSync(join(ROOT, to)));
  expect(broken).toEqual([]);
});

test('imports run one way: cli, local -> functions -> shared -> shared/core', () => {
  const wrong = imports.filter(({ from, to }) => {
    if (to === null) return false;
    const [room, target] = [roomOf(from), roomOf(to)];
    return room !== target && !MAY[room]?.includes(target);
  });
  expect(wrong).toEqual([]);
});

test('a function imports no other function', () => {
  const wrong = imports.filter(({ from, to }) => {
    if (to === null || !from.startsWith('functions/') || !to.startsWith('functions/')) return false;
    return from.split('/')[1] !== to.split('/')[1];
  });
  expect(wrong).toEqual([]);
});

test('scripts of the page are served as they are: they import nothing but each other', () => {
  const wrong = imports.filter(
    ({ from, to }) => from.startsWith(CLIENT) && (to === null || !to.startsWith(CLIENT)),
  );
  expect(wrong).toEqual([]);
  expect(imports.filter(({ from }) => from.startsWith(CLIENT)).length).toBeGreaterThan(10);
});

test('only the AWS entry of a function makes clients and reads the environment', () => {
  const wrong = files.filter(
    ({ path, text }) =>
      path.startsWith('functions/') &&
      !path.endsWith('/lambda.ts') &&
      (/\bprocess\.env\b/.test(text) || /new \w+Client\(/.test(text)),
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test('the core is pure: itself and packages that only compute', () => {
  const wrong = imports.filter(
    ({ from, name, to }) => from.startsWith('shared/core/') && to === null && !PURE.includes(name),
  );
  expect(wrong).toEqual([]);
  const impure = files.filter(
    ({ path, text }) => path.startsWith('shared/core/') && /\bprocess\.|\bfetch\(|Math\.random\(/.test(text),
  );
  expect(impure.map(({ path }) => path)).toEqual([]);
});

/** A grammar is recursive: an expression holds a query, which holds expressions. Nothing runs while these load. */
const RECURSIVE = 'local/athena/dialect/';

test('no import of values runs in a circle', () => {
  const targets = new Map(
    files.map(({ path, text }) => [
      path,
      importsOf(text, { types: false }).flatMap((name) => importedPath(path, name) ?? []),
    ]),
  );
  const wrong = circles(targets).filter((circle) =>
    circle.split(' -> ').some((file) => !file.startsWith(RECURSIVE)),
  );
  expect(wrong).toEqual([]);
  expect(
    circles(
      new Map([
        ['a', ['b']],
        ['b', ['c']],
        ['c', ['b']],
      ]),
    ),
  ).toEqual(['b -> c -> b']);
});

/** Circles in a graph, each as `a -> b -> a`. */
function circles(targets: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const at = path.indexOf(file);
    if (at >= 0) {
      found.push([...path.slice(at), file].join(' -> '));
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const target of targets.get(file) ?? []) visit(target);
    path.pop();
    done.add(file);
  };
  for (const file of targets.keys()) visit(file);
  return found;
}
