/**
 * Compiles EventBridge's wildcards: `*` stands for any number of characters, `\*` and `\\` for themselves.
 * Null when two `*` follow each other or `\` escapes something else. Linear time, no regular expression.
 */
export function compileWildcard(pattern: string): ((text: string) => boolean) | null {
  const parts = [''];
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] as string;
    if (char === '*') {
      if (pattern[i + 1] === '*') return null;
      parts.push('');
    } else if (char === '\\') {
      const next = pattern[i + 1];
      if (next !== '*' && next !== '\\') return null;
      parts[parts.length - 1] += next;
      i += 1;
    } else parts[parts.length - 1] += char;
  }
  if (parts.length === 1) return (text) => text === parts[0];
  const first = parts[0] as string;
  const last = parts.at(-1) as string;
  const middle = parts.slice(1, -1);
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
      return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const part of middle) {
      const found = text.indexOf(part, at);
      if (found === -1 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}
