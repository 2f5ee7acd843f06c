/** What the script adds to the page, and what the type library doesn't know of the browser yet. */
type RetconCommand = (verb: string, what: string, more?: Record<string, unknown>) => void;

interface Window {
  __retcon?: 1;
  /** Before the script has come: a function that keeps calls in `q`. */
  retcon?: RetconCommand & { q?: Parameters<RetconCommand>[] };
}

interface Document {
  readonly prerendering?: boolean;
}
