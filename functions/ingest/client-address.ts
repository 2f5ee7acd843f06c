import { isAddress } from '../../shared/core/address.ts';
import type { CollectRequest } from './http.ts';
import type { AddressSource } from './world.ts';

/**
 * The client's address, from the one source that is configured as trusted, since anybody can send headers:
 * the connection itself; the last entry of `X-Forwarded-For` (the one the nearest proxy added); or
 * CloudFront's `CloudFront-Viewer-Address` (address, colon, port). Null when that source has none.
 */
export function clientAddress(request: CollectRequest, source: AddressSource): string | null {
  switch (source) {
    case 'connection':
      return addressOrNull(request.sourceAddress);
    case 'x-forwarded-for':
      return addressOrNull(request.headers['x-forwarded-for']?.split(',').at(-1)?.trim() ?? null);
    case 'cloudfront': {
      const viewer = request.headers['cloudfront-viewer-address'];
      if (viewer === undefined) return null;
      const port = viewer.lastIndexOf(':');
      return port < 0 ? null : addressOrNull(viewer.slice(0, port).replace(/^\[(.*)\]$/, '$1'));
    }
  }
}

function addressOrNull(text: string | null): string | null {
  return text !== null && isAddress(text) ? text : null;
}
