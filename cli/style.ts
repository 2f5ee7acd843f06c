import { type Io, isLively, type Sink } from './io.ts';

/** Dresses text for a terminal; elsewhere text stays as it is. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

export function styleFor(sink: Sink, env: Io['env']): Style {
  const on = isLively(sink, env);
  const dress =
    (start: number, end: number) =>
    (text: string): string =>
      on ? `\x1b[${start}m${text}\x1b[${end}m` : text;
  return {
    bold: dress(1, 22),
    dim: dress(2, 22),
    red: dress(31, 39),
    green: dress(32, 39),
    yellow: dress(33, 39),
    cyan: dress(36, 39),
  };
}
