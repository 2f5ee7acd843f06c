import type { VerbOption } from './verb.ts';

/** Options that every verb takes, before or after its name. */
export const GLOBAL_OPTIONS = {
  home: { type: 'string', value: 'DIR', help: 'the embedded lake (default .retcon, or RETCON_HOME)' },
  lake: { type: 'string', value: 's3://BUCKET', help: 'a lake on AWS in place of --home (or RETCON_LAKE)' },
  dir: { type: 'string', value: 'DIR', default: '.', help: 'holds sites/, definitions/ and marts/' },
  json: { type: 'boolean', help: 'print one JSON document on stdout, all else on stderr' },
  help: { type: 'boolean', short: 'h', help: 'say how to use it' },
  version: { type: 'boolean', help: 'print the version' },
} as const satisfies Record<string, VerbOption>;
