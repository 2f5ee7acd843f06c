import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResults {
  violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
  passes: { id: string }[];
}

/** What axe-core finds wrong with a page as it is, one line each; and how many of its rules applied. */
export async function axe(page: Page): Promise<{ wrong: string[]; rules: number }> {
  // The page's own policy lets no script in; this one comes in through the debugger.
  await page.evaluate(source);
  const results = (await page.evaluate('axe.run(document)')) as AxeResults;
  const wrong = results.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`),
  );
  return { wrong, rules: results.passes.length };
}
