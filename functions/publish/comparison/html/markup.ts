/** Text that is HTML already. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Piece = Markup | string | number | readonly Piece[];

/** HTML with everything that is put into it escaped, but for what is HTML already; lists are joined. */
export function html(strings: TemplateStringsArray, ...values: readonly Piece[]): Markup {
  return new Markup(
    strings.map((text, i) => (i === 0 ? text : `${written(values[i - 1]!)}${text}`)).join(''),
  );
}

export const nothing = new Markup('');

function written(value: Piece): string {
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return (value as readonly Piece[]).map(written).join('');
  return String(value).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
