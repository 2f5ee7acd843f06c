import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { ROOMS, sourceFiles } from './source-files.ts';

const files = sourceFiles(ROOMS);

test('no file is named for lack of an idea', () => {
  const vague = files.filter(({ path }) =>
    path.split('/').some((part) => /^(utils?|helpers?|common|misc)(\.|$)/.test(part)),
  );
  expect(vague.map(({ path }) => path)).toEqual([]);
});

test('no file of code is longer than 400 lines', () => {
  const long = files.filter(
    ({ path, text }) =>
      /\.(ts|mjs|js|css|sql)$/.test(path) &&
      !path.startsWith('tracker/dist/') &&
      text.split('\n').length > 401,
  );
  expect(long.map(({ path }) => path)).toEqual([]);
});

test('every SQL file is asked for by a file beside it, and every one asked for is there', () => {
  const named = files.filter(({ path }) => path.startsWith('functions/') && path.endsWith('.sql'));
  const asked = files.flatMap(({ path, text }) =>
    [...text.matchAll(/sqlText\(import\.meta\.url, '([^']+)'\)/g)].map(
      (match) => `${path.slice(0, -basename(path).length)}${match[1]}`,
    ),
  );
  expect(asked.filter((path) => path.startsWith('functions/')).sort()).toEqual(
    named.map(({ path }) => path).sort(),
  );
});
