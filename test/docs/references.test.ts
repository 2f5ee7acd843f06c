import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { ROOMS, ROOT, sourceFiles } from '../structure/source-files.ts';
import { headingsOf, linksOf } from './markdown.ts';

const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path.replaceAll('\\', '/')}`),
].filter((path) => existsSync(join(ROOT, path)));

/** How a heading is named in a link. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');

it('every section that a comment of the code names is there', () => {
  const missing: string[] = [];
  let named = 0;
  for (const { path, text: code } of sourceFiles([...ROOMS, 'test'])) {
    const flat = code.replace(/\n\s*(?:\*|\/\/|--|#) ?/g, ' ');
    for (const [, page, section] of flat.matchAll(/\b(docs\/[\w/-]+\.md)`?,? "([^"]+)"/g)) {
      named++;
      if (!existsSync(join(ROOT, page!)) || !headingsOf(text(page!)).includes(section!))
        missing.push(`${path}: ${page} "${section}"`);
    }
  }
  expect(missing).toEqual([]);
  expect(named).toBeGreaterThan(20);
});

it('every link of a page leads somewhere', () => {
  const broken: string[] = [];
  for (const page of pages) {
    for (const link of linksOf(text(page))) {
      if (/^https?:/.test(link)) continue;
      const [file, section] = link.split('#') as [string, string | undefined];
      const target = file === '' ? page : relative(ROOT, join(ROOT, dirname(page), file));
      const there =
        existsSync(join(ROOT, target)) &&
        (section === undefined || headingsOf(text(target)).map(anchor).includes(section));
      if (!there) broken.push(`${page}: ${link}`);
    }
  }
  expect(broken).toEqual([]);
});

it('every file of the repository that a page names is there', () => {
  const gone: string[] = [];
  for (const page of pages) {
    const names = [
      ...text(page).matchAll(/`((?:cli|functions|shared|local|infra|test|tracker|docs)\/[\w./-]*)`/g),
    ];
    for (const [, name] of names) if (!existsSync(join(ROOT, name!))) gone.push(`${page}: ${name}`);
  }
  expect(gone).toEqual([]);
});
