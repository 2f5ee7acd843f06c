import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE, ROOT, STAGE, template } from '../../packaging/package-folder.ts';
import { readZip, unpack } from '../../packaging/zip.ts';

/** A function of the package as the template configures it. */
export interface PackagedFunction {
  name: string;
  handler: string;
  /** MB. */
  memory: number;
  /** Seconds. */
  timeout: number;
  /** Names of its variables, and their values where the template has texts. */
  variables: Record<string, unknown>;
}

/** The function of that name. */
export function packagedFunction(name: string): PackagedFunction {
  const found = Object.values(template().Resources).find(
    ({ Properties }) => Properties?.FunctionName === `retcon-${STAGE}-${name}`,
  );
  if (found === undefined) throw new Error(`the package has no function ${name}`);
  const { Handler, MemorySize, Timeout, Environment } = found.Properties;
  return { name, handler: Handler, memory: MemorySize, timeout: Timeout, variables: Environment.Variables };
}

/** Unpacks a function's zip into a folder, and puts this machine's engine beside the one for AWS. */
export function unpackFunction(name: string, folder: string): void {
  unpack(readZip(join(PACKAGE, `${name}.zip`)), folder);
  const binding = `node_modules/@duckdb/node-bindings-${process.platform}-${process.arch}`;
  const engine = join(folder, 'node_modules/@duckdb');
  if (existsSync(engine) && !existsSync(join(folder, binding)))
    symlinkSync(join(ROOT, binding), join(folder, binding), 'dir');
}
