import { acceptBeacon, unavailable } from './accept.ts';
import { readBeacon } from './beacon.ts';
import { readJsonBody } from './body.ts';
import { corsHeaders, preflightReply } from './cors.ts';
import { type CollectReply, type CollectRequest, jsonReply, Refused, refusalReply } from './http.ts';
import { pixelBeacon, pixelReply } from './pixel.ts';
import { sameSecret } from './same-secret.ts';
import { trackerReply } from './tracker-file.ts';
import type { CollectWorld, OpenSite } from './world.ts';

type Route = (request: CollectRequest, world: CollectWorld) => Promise<CollectReply>;

const ROUTES: Record<string, Record<string, Route>> = {
  '/v1/events': { POST: postEvents, OPTIONS: preflight },
  '/v1/pixel.gif': { GET: getPixel },
  '/v1/retcon.js': { GET: getTracker, HEAD: getTracker },
  '/healthz': { GET: getHealth, HEAD: getHealth },
};

/**
 * Answers one request to the collector (docs/semantics.md "Collector"). Never throws: a fault of ours is a
 * 500, so that nobody mistakes it for accepted.
 */
export async function collect(request: CollectRequest, world: CollectWorld): Promise<CollectReply> {
  try {
    const reply = await route(request, world)(request, world);
    return request.method === 'HEAD' ? { ...reply, body: '' } : reply;
  } catch (error) {
    if (error instanceof Refused) return refusalReply(error);
    world.log.error('the collector failed', { path: request.path, error: String(error) });
    return jsonReply(500, {
      error: 'internal',
      message: 'The collector failed: send the events again later.',
    });
  }
}

function route(request: CollectRequest, world: CollectWorld): Route {
  const methods = Object.hasOwn(ROUTES, request.path) ? ROUTES[request.path] : undefined;
  if (methods === undefined) {
    const message = `There is nothing at this path: use ${Object.keys(ROUTES).join(', ')}.`;
    throw new Refused(404, 'not_found', message);
  }
  const allowed = Object.keys(methods);
  if (!allowed.includes(request.method)) {
    const message = `This path doesn't take ${request.method}: use ${allowed.join(' or ')}.`;
    throw new Refused(405, 'method_not_allowed', message, { headers: { allow: allowed.join(', ') } });
  }
  const verified = request.headers['x-origin-verify'] ?? '';
  if (
    world.originSecret !== null &&
    request.path !== '/healthz' &&
    !sameSecret(verified, world.originSecret)
  ) {
    throw new Refused(403, 'forbidden', 'Send through the public address of this collector.');
  }
  return methods[request.method]!;
}

async function postEvents(request: CollectRequest, world: CollectWorld): Promise<CollectReply> {
  const sites = await knownSites(world);
  const cors = corsHeaders(sites, request.headers.origin ?? null);
  try {
    const beacon = readBeacon(readJsonBody(request));
    const { accepted, rejected, cookies } = await acceptBeacon(request, beacon, sites, world);
    return { ...jsonReply(202, { accepted, rejected }, cors), cookies };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const reply = refusalReply(error);
    return { ...reply, headers: { ...reply.headers, ...cors } };
  }
}

async function preflight(request: CollectRequest, world: CollectWorld): Promise<CollectReply> {
  return preflightReply(corsHeaders(await knownSites(world), request.headers.origin ?? null));
}

async function getPixel(request: CollectRequest, world: CollectWorld): Promise<CollectReply> {
  try {
    const { cookies } = await acceptBeacon(request, pixelBeacon(request), await knownSites(world), world);
    return pixelReply(200, cookies);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return pixelReply(error.status, [], { ...error.headers, 'x-retcon-error': error.code });
  }
}

async function getTracker(request: CollectRequest, world: CollectWorld): Promise<CollectReply> {
  return trackerReply(request, world.tracker);
}

async function getHealth(): Promise<CollectReply> {
  return jsonReply(200, { ok: true });
}

/** The sites, or 503: without them nothing can be let in, and nothing may be lost. */
async function knownSites(world: CollectWorld): Promise<ReadonlyMap<string, OpenSite>> {
  try {
    return await world.sites();
  } catch (cause) {
    world.log.error('the sites could not be read', { error: String(cause) });
    throw unavailable(cause);
  }
}
