import type { Verb } from './verb.ts';

/** A verb that can be asked for; its module is loaded only then. */
export interface Registered {
  name: string;
  /** The same as the verb's own, so that help needs no module. */
  summary: string;
  load(): Promise<{ verb: Verb }>;
}

/** In the order in which help lists them: as one meets them. */
export const VERBS: readonly Registered[] = [
  {
    name: 'demo',
    summary: 'three weeks of traffic through the whole lake, told as a story',
    load: () => import('./verbs/demo.ts'),
  },
  {
    name: 'init',
    summary: 'write example sites/, definitions/ and marts/, ready to edit',
    load: () => import('./verbs/init.ts'),
  },
  {
    name: 'import',
    summary: 'bring history in from access logs, CSV or NDJSON',
    load: () => import('./verbs/import.ts'),
  },
  {
    name: 'dev',
    summary: 'collect and compute as events arrive, on this machine',
    load: () => import('./verbs/dev.ts'),
  },
  {
    name: 'run',
    summary: 'do all pending work and end',
    load: () => import('./verbs/run.ts'),
  },
  {
    name: 'apply',
    summary: 'make the edited files what readers see, for all of history',
    load: () => import('./verbs/apply.ts'),
  },
  {
    name: 'rollback',
    summary: 'make an earlier release what readers see, with all that arrived since',
    load: () => import('./verbs/rollback.ts'),
  },
  {
    name: 'releases',
    summary: 'every release: who, when, what, why, and what it counts',
    load: () => import('./verbs/releases.ts'),
  },
  {
    name: 'query',
    summary: 'ask the lake in Athena SQL',
    load: () => import('./verbs/query.ts'),
  },
  {
    name: 'plan',
    summary: 'what the edited files would change in all of history, and what it would cost',
    load: () => import('./verbs/plan.ts'),
  },
  {
    name: 'preview',
    summary: 'what the edited files would change, computed exactly and shown to nobody',
    load: () => import('./verbs/preview.ts'),
  },
  {
    name: 'status',
    summary: 'what the lake holds, what waits, what is stale',
    load: () => import('./verbs/status.ts'),
  },
  {
    name: 'gc',
    summary: 'remove what no release that is kept refers to',
    load: () => import('./verbs/gc.ts'),
  },
  {
    name: 'erase',
    summary: 'remove a visitor from everything that the lake holds, for good',
    load: () => import('./verbs/erase.ts'),
  },
  {
    name: 'cost',
    summary: 'what traffic would cost on AWS, hop by hop, with the arithmetic',
    load: () => import('./verbs/cost.ts'),
  },
  {
    name: 'doctor',
    summary: 'what is wrong with this set-up, and what mends it',
    load: () => import('./verbs/doctor.ts'),
  },
  {
    name: 'diff',
    summary: 'what two releases say differently of the same events',
    load: () => import('./verbs/diff.ts'),
  },
  {
    name: 'explain',
    summary: 'where a number comes from: release, rules, results, facts, what arrived',
    load: () => import('./verbs/explain.ts'),
  },
];
