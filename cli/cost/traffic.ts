import { badInput } from '../../shared/core/errors.ts';

/** What a lake is to take, evenly over the month and over its sites. */
export interface Traffic {
  /** Events a month. */
  events: number;
  sites: number;
  /** Events in a beacon. */
  perBeacon: number;
  /** Days of history that are stored, and that a redefinition restates. */
  days: number;
  /** Seconds between two looks at whether marts are to be built. */
  martsEvery: number;
  /** Dollars a day that their builds may cost. */
  martsPerDay: number;
  cdn: boolean;
  firewall: boolean;
  /** With alarms, dashboard and metrics. */
  monitoring: boolean;
}

export const MONTH_DAYS = 30;
export const MONTH_SECONDS = MONTH_DAYS * 86_400;

const UNITS: Record<string, number> = { '': 1, k: 1e3, m: 1e6, g: 1e9 };

/** `10M`, `2.5G/month`, `400`: throws `bad_number`, exit 2. */
export function readAmount(text: string, field: string, least: number): number {
  const [, digits, unit] =
    /^(\d+(?:\.\d+)?(?:e\d+)?)([kmg]?)(?:\/month)?$/i.exec(text.replaceAll(',', '')) ?? [];
  const value = Number(digits) * (UNITS[(unit ?? '').toLowerCase()] ?? Number.NaN);
  if (Number.isFinite(value) && value >= least) return value;
  throw badInput('bad_number', `--${field} ${text} is no number from ${least} on`, {
    field,
    fix: 'write it as 400, 250k, 10M or 9.5G',
  });
}

const SECONDS: Record<string, number> = { m: 60, h: 3600, d: 86_400 };

/** `15m`, `6h`, `1d` in seconds; throws `bad_duration`, exit 2. */
export function readDuration(text: string): number {
  const [, digits, unit] = /^(\d+)([mhd])$/.exec(text) ?? [];
  const seconds = Number(digits) * (SECONDS[unit ?? ''] ?? Number.NaN);
  if (seconds >= 60) return seconds;
  throw badInput('bad_duration', `--marts-every ${text} is no time from a minute on`, {
    field: 'marts-every',
    fix: 'write it as 15m, 6h or 1d',
  });
}
