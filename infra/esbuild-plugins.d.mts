import type { Plugin } from 'esbuild';

/** Puts the text of `.sql` files where `sqlText(import.meta.url, 'x.sql')` stands. */
export const inlineSql: Plugin;
/** @param serverless the framework, of which only the provider's architecture is read */
export default function plugins(serverless: { service: { provider: { architecture: string } } }): Plugin[];
