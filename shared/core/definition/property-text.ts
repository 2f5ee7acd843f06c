/**
 * The text under which the value of a property is compared: strings as they are, everything else as JSON
 * writes it, with exponents as the query engine writes them (`1e21`). `null`, and a property that isn't
 * there, are nothing.
 */
export function propertyText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  return jsonText(value);
}

function jsonText(value: unknown): string {
  if (typeof value === 'number') return (value === 0 ? '0' : String(value)).replace('e+', 'e');
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  return `{${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}:${jsonText(inner)}`)
    .join(',')}}`;
}

/** The compared text of one property in the JSON text of a `properties` column. */
export function propertyOf(properties: string | null, key: string): string | null {
  if (properties === null) return null;
  const object: unknown = JSON.parse(properties);
  if (typeof object !== 'object' || object === null || !Object.hasOwn(object, key)) return null;
  return propertyText((object as Record<string, unknown>)[key]);
}
