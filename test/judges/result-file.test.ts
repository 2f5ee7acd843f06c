import { expect, it } from 'vitest';
import { readResultFile } from './oracle/result-file.ts';

it('a result file is read as it was written: quotes, commas and line ends within values, NULL beside ""', () => {
  const text = '"a","b","c"\n"1",,"x ""y"", z"\n"","two\nlines",\n,,\n""""""""'.replace(
    /"{8}$/,
    '"""","q",""\n',
  );
  expect(readResultFile(text)).toEqual([
    ['1', null, 'x "y", z'],
    ['', 'two\nlines', null],
    [null, null, null],
    ['"', 'q', ''],
  ]);
});

it('a file that was cut off is refused', () => {
  expect(() => readResultFile('"a"\n"cut')).toThrow('not closed');
  expect(() => readResultFile('"a"x\n')).toThrow('neither a comma');
});
