/** Java's Double.toString: 100.0, 1.0E7, 1.0E-4. As Athena prints a double in a result. */
export function javaDouble(x: number): string {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? 'NaN' : x > 0 ? 'Infinity' : '-Infinity';
  const size = Math.abs(x);
  if (size === 0) return Object.is(x, -0) ? '-0.0' : '0.0';
  if (size >= 1e-3 && size < 1e7) {
    const text = String(x);
    return text.includes('.') ? text : `${text}.0`;
  }
  return scientific(x);
}

/** Java's Float.toString: the fewest digits that name this one of the 32-bit numbers. */
export function javaFloat(x: number): string {
  const single = Math.fround(x);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return javaDouble(short);
  }
  return javaDouble(Number(single.toPrecision(9)));
}

function scientific(x: number): string {
  const [mantissa, exponent] = x.toExponential().split('e') as [string, string];
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`;
}

/** CAST(double AS varchar): always with an exponent, 1.0E1; zero is 0E0. */
export function doubleText(x: number): string {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? 'NaN' : x > 0 ? 'Infinity' : '-Infinity';
  if (x === 0) return Object.is(x, -0) ? '-0E0' : '0E0';
  return scientific(x);
}

/** A double as JSON text; what JSON has no number for is a text. */
export const doubleJson = (x: number): string => (Number.isFinite(x) ? javaDouble(x) : `"${javaDouble(x)}"`);

interface Unscaled {
  digits: bigint;
  scale: number;
}

function unscaled(text: string): Unscaled {
  const cut = text.indexOf('.');
  return { digits: BigInt(text.replace('.', '')), scale: cut < 0 ? 0 : text.length - cut - 1 };
}

function scaled(digits: bigint, scale: number): string {
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
  return `${digits < 0n ? '-' : ''}${text.slice(0, text.length - scale)}${scale > 0 ? `.${text.slice(-scale)}` : ''}`;
}

const DIVISION = 'DIVISION_BY_ZERO: Division by zero';

/** Quotient of two decimals with `scale` digits after the point, halves away from zero. */
export function decimalDivide(a: string, b: string, scale: number): string {
  const [x, y] = [unscaled(a), unscaled(b)];
  if (y.digits === 0n) throw new Error(DIVISION);
  const shift = BigInt(scale - x.scale + y.scale);
  const top = shift >= 0n ? x.digits * 10n ** shift : x.digits;
  const bottom = shift >= 0n ? y.digits : y.digits * 10n ** -shift;
  const negative = top < 0n !== bottom < 0n;
  const [n, d] = [top < 0n ? -top : top, bottom < 0n ? -bottom : bottom];
  const quotient = (2n * n + d) / (2n * d);
  return scaled(negative ? -quotient : quotient, scale);
}

/** Remainder of two decimals; it has the sign of the first. */
export function decimalModulo(a: string, b: string, scale: number): string {
  const [x, y] = [unscaled(a), unscaled(b)];
  if (y.digits === 0n) throw new Error(DIVISION);
  return scaled(
    (x.digits * 10n ** BigInt(scale - x.scale)) % (y.digits * 10n ** BigInt(scale - y.scale)),
    scale,
  );
}

/** `%.nf` of Java's formatter: halves of the shortest decimal text away from zero; `grouped` is `%,.nf`. */
export function fixed(x: number, places: number, grouped: number): string {
  if (!Number.isFinite(x)) return javaDouble(x);
  const m = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(x))!;
  const shift = Number(m[4] ?? 0);
  const digits = `${m[2]}${m[3] ?? ''}`;
  const scale = (m[3] ?? '').length - shift;
  const n = BigInt(digits);
  const whole =
    scale <= places
      ? n * 10n ** BigInt(places - scale)
      : (2n * n + 10n ** BigInt(scale - places)) / (2n * 10n ** BigInt(scale - places));
  const text = scaled(whole, places);
  return `${m[1]}${grouped ? text.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',') : text}`;
}
