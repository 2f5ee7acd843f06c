/** What a check found. A finding that is not ok says why that matters and which command mends it. */
export interface Finding {
  check: string;
  ok: boolean;
  what: string;
  why?: string;
  fix?: string;
}

export const fine = (check: string, what: string): Finding => ({ check, ok: true, what });

export const wrong = (check: string, what: string, why: string, fix: string): Finding => ({
  check,
  ok: false,
  what,
  why,
  fix,
});

/** The first few of many names, and how many there are besides. */
export function some(names: readonly string[], most = 3): string {
  const more = names.length - most;
  return `${names.slice(0, most).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
