/**
 * Athena's texts as JSON values: integers up to 2^53 and doubles are numbers, larger integers and
 * decimals stay text, timestamps `YYYY-MM-DD HH:MM:SS.mmm`.
 *
 * @param type as Athena names it in the result's columns
 */
export function jsonValue(text: string | null, type: string): unknown {
  if (text === null) return null;
  switch (type) {
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'int':
    case 'bigint':
      return Number.isSafeInteger(Number(text)) ? Number(text) : text;
    case 'double':
    case 'real':
    case 'float':
      return Number.isFinite(Number(text)) ? Number(text) : text;
    case 'boolean':
      return text === 'true';
    case 'timestamp':
      return milliseconds(text);
    default:
      return text;
  }
}

function milliseconds(text: string): string {
  const match = /^(\d{4,}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.(\d+))?$/.exec(text);
  return match ? `${match[1]}.${(match[2] ?? '').padEnd(3, '0').slice(0, 3)}` : text;
}

/** Types whose text loses structure: they are asked for as JSON instead. */
export const isStructured = (type: string): boolean => /^(array|map|row|struct)/.test(type);
