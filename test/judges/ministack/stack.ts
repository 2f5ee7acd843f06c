import { execFile } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Emulator } from './emulator.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
export const STAGE = 'judge';
export const STACK = `retcon-${STAGE}`;

/** What differs from the defaults: this machine's architecture, less waiting, fewer processes, and one alarm less. */
const PARAMETERS = {
  architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
  // ministack knows metric math nowhere.
  metricMath: 'off',
  // Each instance is a process of this machine.
  landConcurrency: 2,
  compactConcurrency: 2,
  sessionizeConcurrency: 2,
  publishConcurrency: 2,
  workConcurrency: 2,
  landWindow: 3,
  compactWindow: 1,
  sessionizeWindow: 1,
  publishWindow: 1,
  martsEvery: 'rate(1 minute)',
  reconcileEvery: 'rate(1 minute)',
};

/** Runs a command of the deployment tool as a user would. @param folder of the package. Throws with what it printed. */
export async function serverless(emulator: Emulator, command: string, folder?: string): Promise<string> {
  const parameters = Object.entries(PARAMETERS).map(([name, value]) => `--param=${name}=${value}`);
  const options = ['--stage', STAGE, ...(folder === undefined ? [] : ['--package', folder]), ...parameters];
  const args = ['--no-install', 'serverless', ...command.split(' '), ...options];
  try {
    const { stdout, stderr } = await promisify(execFile)('npx', args, {
      cwd: ROOT,
      env: { ...process.env, ...emulator.env, NO_COLOR: '1' },
      timeout: 400_000,
    });
    return stdout + stderr;
  } catch (cause) {
    const { stdout, stderr, message } = cause as { stdout?: string; stderr?: string; message: string };
    throw new Error(`serverless ${command}: ${message}\n${stdout ?? ''}${stderr ?? ''}`);
  }
}

/** A call of an API that has no client here: CloudFormation's, by its form, with XML back. */
export async function cloudformation(
  emulator: Emulator,
  action: string,
  others: Record<string, string> = {},
): Promise<string> {
  const body = new URLSearchParams({ Action: action, Version: '2010-05-15', StackName: STACK, ...others });
  const reply = await fetch(emulator.url, {
    method: 'POST',
    headers: { authorization: credential('cloudformation') },
    body,
  });
  return reply.text();
}

/** Calls a deployed function and waits for its reply. */
export async function invoke(emulator: Emulator, name: string, event: unknown): Promise<unknown> {
  const reply = await fetch(`${emulator.url}/2015-03-31/functions/${STACK}-${name}/invocations`, {
    method: 'POST',
    headers: { authorization: credential('lambda') },
    body: JSON.stringify(event),
  });
  const text = await reply.text();
  if (!reply.ok || reply.headers.get('x-amz-function-error')) throw new Error(`${name}: ${text}`);
  return JSON.parse(text);
}

/** The environment of a deployed function. */
export async function environmentOf(emulator: Emulator, name: string): Promise<Record<string, string>> {
  const reply = await fetch(`${emulator.url}/2015-03-31/functions/${STACK}-${name}/configuration`, {
    headers: { authorization: credential('lambda') },
  });
  const { Environment } = (await reply.json()) as { Environment?: { Variables?: Record<string, string> } };
  return Environment?.Variables ?? {};
}

function credential(service: string): string {
  return `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
}

/** A resource of the deployed stack. */
export interface Deployed {
  id: string;
  physical: string;
  type: string;
  status: string;
}

export async function resources(emulator: Emulator): Promise<Deployed[]> {
  const xml = await cloudformation(emulator, 'DescribeStackResources');
  const text = (member: string, name: string): string =>
    new RegExp(`<${name}>([^<]*)</${name}>`).exec(member)?.[1] ?? '';
  return xml
    .split('<member>')
    .slice(1)
    .map((member) => ({
      id: text(member, 'LogicalResourceId'),
      physical: text(member, 'PhysicalResourceId'),
      type: text(member, 'ResourceType'),
      status: text(member, 'ResourceStatus'),
    }));
}

/** Outputs of the stack by name. */
export async function outputs(emulator: Emulator): Promise<Record<string, string>> {
  const xml = await cloudformation(emulator, 'DescribeStacks');
  const pairs = xml.matchAll(/<OutputKey>([^<]*)<\/OutputKey>\s*<OutputValue>([^<]*)<\/OutputValue>/g);
  return Object.fromEntries([...pairs].map(([, name, value]) => [name, value]));
}

/**
 * Makes a copy of a package in which publish builds marts at every arrival, as the parameter `marts` would have it: to
 * package once more takes longer than all of the traffic.
 */
export function martsAtArrivals(folder: string, copy: string): void {
  cpSync(folder, copy, { recursive: true });
  // The tool deploys the template that lies in the state of the package.
  const path = join(copy, 'serverless-state.json');
  const state = readFileSync(path, 'utf8');
  const changed = state.replaceAll('"RETCON_MARTS": "schedule"', '"RETCON_MARTS": "arrivals"');
  if (changed === state) throw new Error('No function of the package has RETCON_MARTS: "schedule".');
  writeFileSync(path, changed);
}

/** Names of the resources in a package, those left out whose condition does not hold with the defaults. */
export function packaged(folder: string): string[] {
  const path = join(folder, 'cloudformation-template-update-stack.json');
  const { Resources } = JSON.parse(readFileSync(path, 'utf8')) as {
    Resources: Record<string, { Condition?: string }>;
  };
  return Object.entries(Resources)
    .filter(([, { Condition }]) => Condition === undefined || Condition === 'Cdn')
    .map(([id]) => id)
    .sort();
}
