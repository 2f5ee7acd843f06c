import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { importsOf, ROOMS, ROOT, sourceFiles } from '../structure/source-files.ts';

interface Package {
  dev?: boolean;
  devOptional?: boolean;
  link?: boolean;
  hasInstallScript?: boolean;
  license?: string;
  integrity?: string;
  resolved?: string;
}

const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const project = JSON.parse(text('package.json')) as Record<string, Record<string, string>>;
const { packages } = JSON.parse(text('package-lock.json')) as { packages: Record<string, Package> };
const installed = Object.entries(packages).filter(([path]) => path !== '');
const forUsers = installed.filter(([, { dev, devOptional }]) => !dev && !devOptional);
const forUs = installed.filter(([, { dev, devOptional }]) => dev || devOptional);

const PERMISSIVE = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0', 'Unlicense'];

/** Other licences of what only builds and tests, with the reason why that is no harm. */
const ONLY_TESTS_AND_TOOLS: Record<string, string> = {
  'AGPL-3.0-or-later': 'the simulator of IAM: tests run it, nothing else imports or ships it',
  'BlueOak-1.0.0': 'permissive; tools of packaging',
  'MIT OR Apache-2.0': 'a choice of two permissive ones',
  'MPL-2.0': 'axe-core in a test, and tools: used as they are',
  'PSF-2.0': 'permissive; a parser of arguments of a tool',
  'Python-2.0': 'permissive; the same parser, older',
};

/** Packages that would run code while they are installed, if they were let, and why they do without it. */
const WITH_INSTALL_SCRIPTS: Record<string, string> = {
  '@parcel/watcher': 'would build from source where no binary fits; packaging watches no files here',
  'es5-ext': 'would print a message; a dependency of a tool of packaging',
  esbuild: 'would swap its launcher for the binary; the binary comes as a package of its own with a digest',
};

const licences = (some: typeof installed): string[] =>
  [...new Set(some.map(([, { license }]) => license ?? 'none'))].sort();

it('every version in package.json is exact', () => {
  const versions = ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides'].flatMap((kind) =>
    Object.values(project[kind] ?? {}),
  );
  expect(versions.filter((version) => !/^(npm:[\w@/-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual(
    [],
  );
  expect(versions.length).toBeGreaterThan(20);
});

it('every package has a digest, and none names where it came from', () => {
  expect(installed.length).toBeGreaterThan(300);
  expect(installed.filter(([, { link, integrity }]) => !link && !/^sha512-/.test(integrity ?? ''))).toEqual(
    [],
  );
  expect(installed.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});

it('nothing runs code of its own while it is installed', () => {
  expect(text('.npmrc')).toMatch(/^ignore-scripts=true$/m);
  const own = Object.keys(project['scripts']!).filter((name) => /^(pre|post)?(install|prepare)$/.test(name));
  expect(own).toEqual([]);
  const scripted = installed
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
  expect([...new Set(scripted)].sort()).toEqual(Object.keys(WITH_INSTALL_SCRIPTS).sort());
});

it('the licence in the lockfile is the one that came with each package', () => {
  const saysOf = (path: string): string | null => {
    const file = join(ROOT, path, 'package.json');
    if (!existsSync(file)) return null;
    const { license, licenses } = JSON.parse(readFileSync(file, 'utf8')) as {
      license?: string | { type: string };
      licenses?: { type: string }[];
    };
    const said = license ?? licenses?.[0];
    return typeof said === 'object' ? said.type : (said ?? 'none');
  };
  const there = installed.flatMap(([path, { license }]) => {
    const said = saysOf(path);
    return said === null
      ? []
      : [{ path, said: said.replace(/^\((.*)\)$/, '$1'), license: license ?? 'none' }];
  });
  // The others are binaries for other machines.
  expect(there.length).toBeGreaterThan(300);
  expect(there.filter(({ said, license }) => said !== license.replace(/^\((.*)\)$/, '$1'))).toEqual([]);
});

it('what is deployed or run has a permissive licence', () => {
  expect(forUsers.length).toBeGreaterThan(50);
  expect(licences(forUsers).filter((licence) => !PERMISSIVE.includes(licence))).toEqual([]);
});

it('what only builds and tests has one too, or a reason', () => {
  expect(licences(forUs).filter((licence) => !PERMISSIVE.includes(licence))).toEqual(
    Object.keys(ONLY_TESTS_AND_TOOLS).sort(),
  );
});

it('what is deployed or run imports nothing that only builds and tests', () => {
  const ours = Object.keys(project['devDependencies']!).filter((name) => !name.startsWith('@types/'));
  const rooms = ROOMS.filter((room) => !['infra', 'bench'].some((one) => room.startsWith(one)));
  const product = sourceFiles(rooms).filter(
    ({ path }) => /\.(ts|mts|mjs|js)$/.test(path) && !/^tracker\/build/.test(path),
  );
  const wrong = product.flatMap(({ path, text: code }) =>
    importsOf(code)
      .filter((name) => ours.some((one) => name === one || name.startsWith(`${one}/`)))
      .map((name) => `${path} imports ${name}`),
  );
  expect(product.length).toBeGreaterThan(300);
  expect(wrong).toEqual([]);
});
