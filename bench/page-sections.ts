/**
 * A page of several sections by several writers: each replaces its own and leaves the others' alone. The page's
 * head is what stands before the first `## `.
 */
export function withHead(page: string, head: string): string {
  const first = page.indexOf('\n## ');
  return first === -1 ? head : `${head.trimEnd()}\n${page.slice(first)}`;
}

/** The page with the section under `## <title>` as given, where it was or at the end. */
export function withSection(page: string, title: string, body: string): string {
  const section = `## ${title}\n\n${body.trimEnd()}\n`;
  const from = page.indexOf(`\n## ${title}\n`);
  if (from === -1) return `${page.trimEnd()}\n\n${section}`;
  const next = page.indexOf('\n## ', from + 1);
  return `${page.slice(0, from + 1)}${section}${next === -1 ? '' : page.slice(next)}`;
}
