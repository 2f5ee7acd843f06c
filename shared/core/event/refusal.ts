/** Why an event was refused: machine-readable reasons, one per kind of fault. */
export type RefusalReason =
  | 'not_an_object'
  | 'not_a_string'
  | 'bad_string'
  | 'too_long'
  | 'too_deep'
  | 'bad_type'
  | 'bad_time'
  | 'bad_seq'
  | 'bad_value'
  | 'bad_properties'
  | 'missing_visitor'
  | 'missing_time';

/** A refused event: `detail` is one sentence that names the field and the fix. */
export interface Refusal {
  reason: RefusalReason;
  detail: string;
}

export function refusal(reason: RefusalReason, detail: string): Refusal {
  return { reason, detail };
}

/** A value as a refusal quotes it: JSON, cut to 40 characters. */
export function quoted(value: unknown): string {
  const text = evidenceText(value);
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}

/** A refused value as JSON text; what is nested so deep that it can't be written says so. */
export function evidenceText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return '(nested too deep to show)';
  }
}
