import { createHmac } from 'node:crypto';
import { badEnvironment, required, type Variables } from '../../shared/environment.ts';
import type { AddressSource } from './world.ts';

/** What the collector is told through its environment. */
export interface CollectEnvironment {
  bucket: string;
  queueUrl: string;
  saltSecret: string;
  originSecret: string | null;
  addressSource: AddressSource;
}

const SOURCES: readonly AddressSource[] = ['connection', 'x-forwarded-for', 'cloudfront'];

/** Reads `RETCON_BUCKET`, `RETCON_INGEST_QUEUE_URL`, `RETCON_SALT_SECRET` and, optional, `RETCON_ORIGIN_SECRET`, `RETCON_ADDRESS_SOURCE`. Throws `bad_environment`. */
export function collectEnvironment(variables: Variables): CollectEnvironment {
  const addressSource = (variables.RETCON_ADDRESS_SOURCE || 'connection') as AddressSource;
  if (!SOURCES.includes(addressSource)) {
    throw badEnvironment('RETCON_ADDRESS_SOURCE', `is "${addressSource}": use ${SOURCES.join(', ')}`);
  }
  return {
    bucket: required(variables, 'RETCON_BUCKET'),
    queueUrl: required(variables, 'RETCON_INGEST_QUEUE_URL'),
    saltSecret: required(variables, 'RETCON_SALT_SECRET'),
    originSecret: variables.RETCON_ORIGIN_SECRET || null,
    addressSource,
  };
}

/** The salt of a UTC day: HMAC-SHA256 of the day under a secret, the same in every instance. */
export function dailySalt(secret: string): (day: string) => string {
  return (day) => createHmac('sha256', secret).update(day).digest('hex');
}
