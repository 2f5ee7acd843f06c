import type { Condition } from './types.ts';

/** The columns that conditions name, each once. */
export function conditionFields(conditions: readonly Condition[]): Set<string> {
  const fields = new Set<string>();
  const visit = (condition: Condition): void => {
    if ('all' in condition) condition.all.forEach(visit);
    else if ('any' in condition) condition.any.forEach(visit);
    else if ('not' in condition) visit(condition.not);
    else fields.add(condition.field);
  };
  conditions.forEach(visit);
  return fields;
}
