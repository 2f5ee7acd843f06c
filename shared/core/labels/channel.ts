import { compileCondition, type Values } from '../definition/condition-eval.ts';
import type { Definition } from '../definition/types.ts';
import { ga4Channel } from './ga4-channels.ts';
import type { TrafficSource } from './traffic-source.ts';

/** Channel of a session that no rule takes. */
export const UNASSIGNED = 'Unassigned';

/**
 * Compiles the definition's `channels`. The function answers for one session: the first rule that holds
 * wins, none is `Unassigned`.
 *
 * Its second argument gives the session's other columns that its first event decides (`landing_page`,
 * `utm_campaign`, `country`, ..); `source`, `medium` and `source_category` are taken from the first.
 * `ga4_default` never asks for a column.
 */
export function channelOf(
  channels: Definition['channels'],
): (traffic: TrafficSource, columns: Values) => string {
  if (channels === 'ga4_default') return ga4Channel;
  const rules = channels.map(({ name, when }) => ({ name, holds: compileCondition(when) }));
  return (traffic, columns) => {
    const values: Values = (field) => {
      if (field === 'source' || field === 'medium' || field === 'source_category') return traffic[field];
      return columns(field);
    };
    return rules.find((rule) => rule.holds(values))?.name ?? UNASSIGNED;
  };
}
