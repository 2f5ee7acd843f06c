import type { LocalLake } from '../lake.ts';
import { isLocalName } from '../local-name.ts';
import { answered, json, type PageAnswer, type PageRequest, refused } from './answer.ts';
import { pageAssets } from './assets.ts';
import { LakeView } from './lake-view.ts';
import { shell } from './shell.ts';

/** Longest that the first paint waits for data, ms; later they are asked for by the page. */
const PATIENCE_MS = 200;

/**
 * The page of a local lake: `/` and everything under `/ui/`. It reads and never writes.
 *
 * @param options.anyHost answer whatever name the asker used. Without it only addresses and `localhost` are:
 *   a foreign web site could make its own name point here, and read the lake through its visitor's browser.
 * @returns null for paths that are not the page's
 */
export function createPage(
  lake: LocalLake,
  options: { anyHost: boolean },
): (request: PageRequest) => Promise<PageAnswer> | null {
  const view = new LakeView(lake);
  // Whoever opens the page soon should not wait for what can be read now.
  view.pulse().catch(() => {});
  const assets = pageAssets();
  const named = (ending: string): string[] => [...assets.keys()].filter((name) => name.endsWith(ending));
  const [scripts, styles] = [named('.js'), named('.css')];

  const answer = async (request: PageRequest, path: string, query: string): Promise<PageAnswer> => {
    if (!options.anyHost && !isLocalName(request.header('host') ?? '')) {
      return refused(403, 'This page answers to its address only: use http://127.0.0.1 or http://localhost.');
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return refused(405, 'The page only reads: GET.');
    }
    if (path === '/') {
      const data = await soon(view.lastPulse(), PATIENCE_MS);
      return answered(request, 'text/html; charset=utf-8', shell(data, scripts, styles));
    }
    const name = path.slice('/ui/'.length);
    const asset = assets.get(name);
    if (asset) return answered(request, asset.type, asset.body);
    const found = await documentOf(view, name.split('/'), new URLSearchParams(query));
    return found === null ? refused(404, 'There is nothing here.') : json(request, found);
  };
  return (request) => {
    const [path, query = ''] = request.target.split('?', 2) as [string, string?];
    return path === '/' || path.startsWith('/ui/') ? answer(request, path, query) : null;
  };
}

/** The JSON documents of the page; null where there is none. */
async function documentOf(view: LakeView, path: string[], query: URLSearchParams): Promise<unknown> {
  const [what, site, , unit] = path;
  switch (what) {
    case 'pulse':
      return view.pulse(Number(query.get('since') ?? 0) || 0, query.get('boot') ?? undefined);
    case 'sites':
      if (path.length === 2) return view.numbers(site!);
      if (path.length === 3 && path[2] === 'key') return view.keyOf(site!);
      return path.length === 4 && path[2] === 'days' ? view.day(site!, unit!) : null;
    case 'changes':
      return view.changes();
    case 'previews':
      return path.length === 2 ? view.preview(site!) : null;
    case 'rejected':
      return view.rejected();
    default:
      return null;
  }
}

async function soon<T>(work: Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}
