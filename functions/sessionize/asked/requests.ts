import { badInput } from '../../../shared/core/errors.ts';
import { SITE_ID } from '../../../shared/core/site-id.ts';
import { type BusEvent, createdObjectKey } from '../../../shared/envelopes/events.ts';
import { proposedPrefix } from '../../../shared/lake/keys.ts';
import { PUBLIC_TABLES } from '../../../shared/lake/tables.ts';

/** A definition file that was written into the lake. */
export interface ProposedFile {
  asks: 'definition';
  /** Name of the answer: of the file, without its ending. */
  name: string;
  key: string;
  /** S3's mark of this very writing. */
  writing: string;
}

/** A `Reprocess Requested` event, as it came. */
export interface ReprocessEvent {
  asks: 'reprocess';
  /** Name of the answer: the event's id. */
  name: string;
  detail: Record<string, unknown>;
}

/** What `Reprocess Requested` asks for; null where it says nothing. */
export interface Reprocess {
  site: string | null;
  from: string | null;
  to: string | null;
  datasets: string[] | null;
  reason: string;
  proposal: string | null;
  max_cost: number | null;
  force: boolean;
}

/** What somebody asks for by an event; null for one that only tells what happened. */
export function requestOf(event: BusEvent & { id?: string }): ProposedFile | ReprocessEvent | null {
  const key = createdObjectKey(event);
  if (key?.startsWith(proposedPrefix)) {
    const { sequencer } = (event.detail?.['object'] ?? {}) as { sequencer?: string };
    const name = /^([\w.-]{1,100})\.ya?ml$/.exec(key.slice(proposedPrefix.length))?.[1];
    return name === undefined ? null : { asks: 'definition', name, key, writing: String(sequencer ?? '') };
  }
  if (event.source !== 'retcon' || event['detail-type'] !== 'Reprocess Requested') return null;
  return { asks: 'reprocess', name: String(event.id ?? 'unnamed'), detail: event.detail ?? {} };
}

const DATASETS = ['boundaries', ...Object.keys(PUBLIC_TABLES)];
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Reads a `Reprocess Requested` event. Throws `bad_request` that names the field. */
export function readReprocess(detail: Record<string, unknown>): Reprocess {
  const known = ['site', 'from', 'to', 'datasets', 'reason', 'proposal', 'max_cost', 'force'];
  const unknown = Object.keys(detail).find((field) => !known.includes(field));
  if (unknown !== undefined) throw bad(unknown, 'is not known', `use ${known.join(', ')}`);
  const text = (field: string, pattern: RegExp, like: string): string | null => {
    const value = detail[field] ?? null;
    if (value === null || (typeof value === 'string' && pattern.test(value))) return value as string | null;
    throw bad(field, `can't be ${JSON.stringify(value)}`, `write ${like}`);
  };
  const reason = text('reason', /\S/, 'why, in words');
  if (reason === null) throw bad('reason', 'is missing', 'write why, in words');
  const [from, to] = [
    text('from', DATE, 'a day such as 2026-01-31'),
    text('to', DATE, 'a day such as 2026-01-31'),
  ];
  if (from !== null && to !== null && from > to) throw bad('from', `lies after to: ${to}`, 'swap the two');
  const maxCost = detail['max_cost'] ?? null;
  if (maxCost !== null && !(typeof maxCost === 'number' && maxCost >= 0)) {
    throw bad('max_cost', 'is not an amount of dollars', 'write a number such as 1.50');
  }
  const force = detail['force'] ?? false;
  if (typeof force !== 'boolean') throw bad('force', 'is neither true nor false', 'write true or false');
  const proposal = text('proposal', /^[0-9a-f]{24}$/, 'the id of a proposal');
  if (force && proposal !== null) {
    throw bad('force', 'is for what is live', 'leave proposal out, or force');
  }
  return {
    site: text('site', SITE_ID, 'the id of a site'),
    from,
    to,
    datasets: readDatasets(detail['datasets'] ?? null),
    reason,
    proposal,
    max_cost: maxCost,
    force,
  };
}

function readDatasets(value: unknown): string[] | null {
  if (value === null) return null;
  if (Array.isArray(value) && value.length > 0 && value.every((name) => DATASETS.includes(name)))
    return value;
  throw bad('datasets', `can't be ${JSON.stringify(value)}`, `list some of ${DATASETS.join(', ')}`);
}

function bad(field: string, what: string, fix: string): Error {
  return badInput('bad_request', `${field} ${what}`, { field, fix });
}
