import type { Plugin } from 'esbuild';

/** Puts the text of `.sql` files where `sqlText(import.meta.url, 'x.sql')` stands. */
export const inlineSql: Plugin;
export default function plugins(): Plugin[];
