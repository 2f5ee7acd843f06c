import { expect, it } from 'vitest';
import { shell } from '../../local/page/shell.ts';

it('data of a page can hold any text', () => {
  const data = { text: `</script><script>alert(1)</script><!--\u2028&"'` };
  const html = shell(data, ['main.js'], ['a.css']);
  const parts = html.split('id="data">');
  expect(parts).toHaveLength(2);
  const text = parts[1]!.slice(0, parts[1]!.indexOf('</script>'));
  expect(text).not.toMatch(/[<>&\u2028]/);
  expect(JSON.parse(text)).toEqual(data);
});
