import { readBoolean, readDuration, readHost, readInteger, readText, readTexts } from '../config/values.ts';
import { type Field, unknownFix } from '../config/yaml-file.ts';
import type { SessionRules } from './types.ts';

const SECOND: [number, string] = [1000, '1s'];
/** Session ids and repairs rest on this bound: a pause longer than it ends every session. */
const LONGEST_PAUSE: [number, string] = [8 * 3_600_000, '8h'];
const LONGEST_SESSION: [number, string] = [366 * 86_400_000, '366d'];

export const SESSION_KEYS = [
  'inactivity',
  'at_midnight',
  'on_campaign',
  'on_referrer',
  'max_duration',
  'max_events',
  'on_event',
  'ignore_referrers',
] as const;

/** Reads `sessions`: the rules that are written there, durations in milliseconds, lists sorted. */
export function readSessionRules(section: Field): Partial<SessionRules> {
  const rules: Partial<SessionRules> = {};
  if (section.isNull()) return rules;
  const fields = section.mapping(SESSION_KEYS, 'a mapping such as {inactivity: 30m}');
  for (const [key, field] of fields ?? []) readRule(rules, key, field);
  return rules;
}

function readRule(rules: Partial<SessionRules>, key: (typeof SESSION_KEYS)[number], field: Field): void {
  switch (key) {
    case 'inactivity':
      rules.inactivity_ms = readDuration(field, SECOND, LONGEST_PAUSE) ?? undefined;
      break;
    case 'at_midnight':
    case 'on_referrer':
      rules[key] = readBoolean(field) ?? undefined;
      break;
    case 'on_campaign':
      rules.on_campaign = readCampaignRule(field) ?? undefined;
      break;
    case 'max_duration':
      rules.max_duration_ms = field.isNull() ? null : readDuration(field, SECOND, LONGEST_SESSION);
      break;
    case 'max_events':
      rules.max_events = field.isNull() ? null : readInteger(field, 1, Number.MAX_SAFE_INTEGER, '500');
      break;
    case 'on_event':
      rules.on_event = readTexts(field, 'event names or types', (item) => readText(item, 'a name'))?.sort();
      break;
    case 'ignore_referrers':
      rules.ignore_referrers = readTexts(field, 'hosts', readHost)?.sort();
  }
}

function readCampaignRule(field: Field): false | 'utm' | 'utm_or_click_id' | null {
  const value = field.scalar();
  if (value === false || value === 'utm' || value === 'utm_or_click_id') return value;
  if (value === true) {
    return field.report('true does not say which campaigns', 'write utm or utm_or_click_id');
  }
  const known = ['false', 'utm', 'utm_or_click_id'];
  return field.report(`${field.describe()} is not one of its values`, unknownFix(String(value), known));
}
