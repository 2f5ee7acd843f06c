import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Where `npx serverless package` leaves the template and the zips. */
export const PACKAGE = join(ROOT, '.serverless');

export const STAGE = 'prod';

export interface Resource {
  Type: string;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is whatever CloudFormation takes
  Properties: any;
}

/** The packaged CloudFormation template. */
export function template(): { Resources: Record<string, Resource> } {
  const path = join(PACKAGE, 'cloudformation-template-update-stack.json');
  if (!existsSync(path)) throw new Error('there is no package to check: run `npx serverless package` first');
  return JSON.parse(readFileSync(path, 'utf8'));
}
