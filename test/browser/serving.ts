import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { serveDev } from '../../local/dev-server.ts';
import type { LocalLake } from '../../local/lake.ts';

/** Serves a lake as `retcon dev` does, on free ports. */
export function serve(lake: LocalLake) {
  return serveDev(lake, { host: '127.0.0.1', port: 0, awsPort: 0 });
}

export function launch(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** A page that was opened, and what went on in it. */
export interface Opened {
  page: Page;
  /** Addresses that it asked for. */
  requests: string[];
  /** What was complained about: scripts that failed, things that the policy forbade. */
  complaints: string[];
}

/** Opens an address in a browser of its own. Resolves when its first content is there. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, ...options });
  const opened: Opened = { page, requests: [], complaints: [] };
  page.on('request', (request) => opened.requests.push(request.url()));
  page.on('pageerror', (error) => opened.complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') opened.complaints.push(message.text());
  });
  await page.goto(url);
  await page.waitForSelector('main section, main .welcome', { timeout: 30_000 });
  return opened;
}
