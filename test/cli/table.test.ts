import { expect, test } from 'vitest';
import { csvLine } from '../../cli/csv-text.ts';
import { table } from '../../cli/table.ts';
import { onOneLine, textWidth } from '../../cli/text-width.ts';

test('numbers right, text left, NULL shown, wide characters counted twice', () => {
  const rows = [
    ['検索', 1200, null, { a: 1 }],
    ['direct', -3.5, 7n, [1, 2]],
  ];
  expect(table(['channel', 'sessions', 'n', { name: 'more', align: 'right' }], rows)).toBe(
    [
      'channel  sessions     n     more',
      '-------  --------  ----  -------',
      '検索         1200  NULL  {"a":1}',
      'direct       -3.5     7    [1,2]',
      '',
    ].join('\n'),
  );
});

test('no rows leave the header', () => {
  expect(table(['a', 'bc'], [])).toBe('a  bc\n-  --\n');
});

test.each([
  ['', 0],
  ['abc', 3],
  ['é', 1],
  ['e\u0301', 1],
  ['日本', 4],
  ['한글', 4],
  ['ﾊﾝｶｸ', 4],
  ['👍🏽', 2],
  ['👩‍👩‍👧', 2],
  ['❤️', 2],
  ['🇩🇪', 2],
  ['\u200b', 0],
])('width of %j is %i', (text, width) => {
  expect(textWidth(text)).toBe(width);
});

test('data can not command the terminal or break the table', () => {
  expect(onOneLine('a\nb\r\t\x1b[31m\x9b\u202e')).toBe('a\\nb\\r\\t\\x1b[31m\\x9b\\u202e');
  expect(table(['x\n'], [['\x1b]0;pwned\x07']])).not.toContain('\x1b');
});

test.each([
  [['a', 1, true], 'a,1,true\r\n'],
  [[null, '', undefined], ',"",\r\n'],
  [['a,b', 'say "hi"', 'x\ny', ' pad'], '"a,b","say ""hi""","x\ny"," pad"\r\n'],
  [[{ a: 'b' }, [1]], '"{""a"":""b""}",[1]\r\n'],
  [[10n ** 20n], '100000000000000000000\r\n'],
])('csv of %#', (values, line) => {
  expect(csvLine(values)).toBe(line);
});
