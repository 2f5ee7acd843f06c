import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('./client/', import.meta.url);

const TYPES: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** One file that the browser gets as it is. */
export interface Asset {
  name: string;
  type: string;
  body: Buffer;
}

/** The page's scripts and styles by name. There is no build step: these are the sources. */
export function pageAssets(): ReadonlyMap<string, Asset> {
  const assets = new Map<string, Asset>();
  for (const name of readdirSync(FOLDER).sort()) {
    const type = TYPES[name.slice(name.lastIndexOf('.') + 1)];
    if (type !== undefined) assets.set(name, { name, type, body: readFileSync(new URL(name, FOLDER)) });
  }
  return assets;
}
