export function buildTracker(): Promise<string>;
export function asModule(script: string): string;
