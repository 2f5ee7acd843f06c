import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { VERBS } from '../../cli/registry.ts';
import type { Verb, VerbContext } from '../../cli/verb.ts';
import { badInput, RetconError } from '../../shared/core/errors.ts';
import { registered, run } from './running.ts';

let seen: VerbContext | null = null;
const load: Verb = {
  name: 'load',
  summary: 'load files',
  arguments: [{ name: 'FILE', required: true, many: true, help: 'what to load' }],
  options: {
    site: { type: 'string', value: 'S', help: 'whose', required: true },
    format: { type: 'string', choices: ['csv', 'ndjson'], help: 'format' },
    tag: { type: 'string', multiple: true, help: 'a tag' },
    size: { type: 'string', default: '10', help: 'size' },
    'no-run': { type: 'boolean', help: 'only land' },
  },
  examples: ['retcon load x.csv --site shop'],
  async run(context) {
    seen = context;
    context.output.note('working');
    context.output.say('a line');
    context.output.result({ files: context.positionals.length }, 'loaded');
    return undefined;
  },
};
const fail: Verb = {
  name: 'fail',
  summary: 'fail in the way that is asked for',
  arguments: [{ name: 'HOW', required: true, help: 'how' }],
  async run({ positionals }) {
    if (positionals[0] === 'input') throw badInput('bad_x', 'x is bad', { field: 'x', fix: 'make it good' });
    if (positionals[0] === 'refused') throw new RetconError('too_dear', 'costs $9', { exit: 3 });
    if (positionals[0] === 'code') return 3;
    throw new TypeError('oops\nsecond line');
  },
};
const verbs = registered(load, fail);

test('a verb gets its arguments, options and absolute paths, wherever the global options stand', async () => {
  const words = [
    '--home',
    'h',
    'load',
    'a',
    '--site=s',
    '-',
    '--tag',
    't',
    '--tag',
    'u',
    '--dir',
    '../d',
    '--no-run',
  ];
  expect((await run(words, { verbs, cwd: '/w/x' })).code).toBe(0);
  expect(seen).toMatchObject({ home: '/w/x/h', dir: '/w/d', positionals: ['a', '-'] });
  const { options } = seen!;
  expect([options.text('site'), options.text('format'), options.text('size')]).toEqual(['s', null, '10']);
  expect([options.texts('tag'), options.flag('no-run'), options.flag('json')]).toEqual([
    ['t', 'u'],
    true,
    false,
  ]);
});

test('the lake is .retcon, or RETCON_HOME, or --home', async () => {
  const home = async (words: string[], env: Record<string, string>): Promise<string> => {
    await run(['load', 'a', '--site', 's', ...words], { verbs, cwd: '/w', env });
    return seen!.home;
  };
  expect(await home([], {})).toBe('/w/.retcon');
  expect(await home([], { RETCON_HOME: '/lake' })).toBe('/lake');
  expect(await home(['--home', 'h'], { RETCON_HOME: '/lake' })).toBe('/w/h');
});

test('results go to stdout and asides to stderr', async () => {
  const plain = await run(['load', 'a', '--site', 's'], { verbs });
  expect(plain).toEqual({ code: 0, stdout: 'a line\nloaded\n', stderr: 'working\n' });
});

test('with --json stdout carries exactly one document', async () => {
  const json = await run(['load', 'a', 'b', '--site', 's', '--json'], { verbs });
  expect(json).toEqual({ code: 0, stdout: '{"files":2}\n', stderr: 'working\na line\n' });
  expect(await run(['fail', 'code', '--json'], { verbs })).toEqual({ code: 3, stdout: '{}\n', stderr: '' });
});

test.each([
  [['laod', 'a'], 'unknown_verb', 'retcon has no verb "laod": did you mean load?', 'VERB'],
  [['zebra'], 'unknown_verb', 'retcon has no verb "zebra": it has load, fail', 'VERB'],
  [[], 'missing_verb', 'no verb was given: say what to do, one of load, fail', 'VERB'],
  [
    ['load', 'a', '--sit', 's'],
    'unknown_option',
    'retcon load has no option --sit: did you mean --site?',
    '--sit',
  ],
  [
    ['load', 'a', '--zzzzz'],
    'unknown_option',
    'retcon load has no option --zzzzz: retcon load --help lists them',
    '--zzzzz',
  ],
  [['load', 'a', '-x'], 'unknown_option', expect.stringContaining('no option -x'), '-x'],
  [['load', 'a', '--site'], 'bad_option', '--site needs a value: write --site S', '--site'],
  [['load', 'a', '--site', '--no-run'], 'bad_option', '--site needs a value: write --site S', '--site'],
  [
    ['load', 'a', '--site', 's', '--no-run=1'],
    'bad_option',
    '--no-run takes no value: write --no-run alone',
    '--no-run',
  ],
  [
    ['load', 'a', '--site', 's', '--format', 'cvs'],
    'bad_option',
    '--format can\'t be "cvs": did you mean csv?',
    '--format',
  ],
  [['load', 'a'], 'missing_option', expect.stringContaining('load needs --site S: whose'), '--site'],
  [
    ['load', '--site', 's'],
    'missing_argument',
    'load needs FILE: what to load: usage: retcon load FILE.. --site S [OPTIONS]',
    'FILE',
  ],
  [['fail', 'a', 'b'], 'unexpected_argument', expect.stringContaining('"b"'), 'b'],
])('%j is wrong', async (words, error, message, field) => {
  const json = await run(
    [...words, '--json'].sort((a, b) => +(b === '--json') - +(a === '--json')),
    { verbs },
  );
  expect(json.code).toBe(2);
  expect(JSON.parse(json.stdout)).toEqual({ error, message, field });
  const plain = await run(words, { verbs });
  expect([plain.code, plain.stdout]).toEqual([2, '']);
  expect(plain.stderr).toContain('retcon: ');
  expect(plain.stderr).toContain('fix: ');
});

test('each kind of failure has its exit code and one sentence', async () => {
  expect(await run(['fail', 'input'], { verbs })).toEqual({
    code: 2,
    stdout: '',
    stderr: 'retcon: x is bad\n  fix: make it good\n',
  });
  expect(await run(['fail', 'refused'], { verbs })).toMatchObject({ code: 3, stderr: 'retcon: costs $9\n' });
  const unforeseen = await run(['fail', 'badly', '--json'], { verbs });
  expect(unforeseen).toMatchObject({ code: 1, stderr: '' });
  expect(JSON.parse(unforeseen.stdout)).toEqual({
    error: 'unexpected',
    message: 'something unexpected went wrong: oops (RETCON_DEBUG=1 shows where)',
  });
  const debug = await run(['fail', 'badly'], { verbs, env: { RETCON_DEBUG: '1' } });
  expect(debug.stderr).toContain('main.test.ts');
});

test('colour only on a terminal, and not against NO_COLOR', async () => {
  const words = ['fail', 'input'];
  expect((await run(words, { verbs, terminal: true })).stderr).toContain('\x1b[31mretcon:\x1b[39m');
  expect((await run(words, { verbs, terminal: true, env: { NO_COLOR: '1' } })).stderr).not.toContain('\x1b');
  expect((await run(words, { verbs })).stderr).not.toContain('\x1b');
});

test('help: of everything, of a verb, on stdout, whatever else is missing', async () => {
  const all = await run(['--help'], { verbs });
  expect(all.code).toBe(0);
  expect(all.stdout).toMatch(/^ {2}load {2}load files$/m);
  const one = await run(['load', '-h'], { verbs });
  expect(one).toMatchObject({ code: 0, stderr: '' });
  for (const part of [
    'Usage: retcon load FILE.. --site S [OPTIONS]',
    '--format X',
    'csv, ndjson',
    '(default 10)',
    '--home DIR',
    'retcon load x.csv',
  ])
    expect(one.stdout).toContain(part);
  expect(JSON.parse((await run(['load', '--help', '--json'], { verbs })).stdout).help).toBe(one.stdout);
});

test("--version is the package's", async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(await run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test('after -- nothing is an option', async () => {
  await run(['load', '--site', 's', '--', '--json', '-x'], { verbs });
  expect(seen!.positionals).toEqual(['--json', '-x']);
});

test('what the registry says of a verb is what the verb says of itself', async () => {
  expect(VERBS.length).toBeGreaterThan(0);
  for (const known of VERBS) {
    const { verb } = await known.load();
    expect([verb.name, verb.summary]).toEqual([known.name, known.summary]);
    const help = await run([known.name, '--help']);
    expect([help.code, help.stdout.includes(`Usage: retcon ${known.name}`)]).toEqual([0, true]);
  }
});

test('a lake on AWS: by option or environment, never beside a folder, never for a verb that needs one', async () => {
  const load = ['load', 'a', '--site', 's'];
  expect((await run([...load, '--lake', 's3://b'], { verbs })).code).toBe(0);
  expect(seen!.home).toBe('s3://b');
  expect((await run(load, { verbs, env: { RETCON_LAKE: 's3://c', RETCON_HOME: '/h' } })).code).toBe(0);
  expect(seen!.home).toBe('s3://c');
  await run([...load, '--home', '/h'], { verbs, env: { RETCON_LAKE: 's3://c' } });
  expect(seen!.home).toBe('/h');
  const refused = async (...words: string[]) => {
    const { code, stdout } = await run([...words, '--json'], { verbs: [...verbs, ...VERBS] });
    return [code, JSON.parse(stdout).error];
  };
  expect(await refused(...load, '--lake', 's3://b', '--home', '/h')).toEqual([2, 'two_lakes']);
  expect(await refused(...load, '--lake', 'bucket')).toEqual([2, 'bad_lake']);
  expect(await refused('dev', '--lake', 's3://b')).toEqual([2, 'needs_home']);
  expect(await refused('demo', '--lake', 's3://b')).toEqual([2, 'needs_home']);
});
