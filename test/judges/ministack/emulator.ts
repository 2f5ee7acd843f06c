import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../deployed/ports.ts';

export const REGION = 'us-east-1';
const KEYS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: REGION };

/** A running ministack. */
export interface Emulator {
  url: string;
  /** For programs that speak to it: the endpoint and keys that nobody checks. */
  env: Record<string, string>;
  /** For SDK clients. */
  config: {
    region: string;
    endpoint: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  /** The last lines that it wrote. */
  log(lines: number): string;
  stop(): Promise<void>;
}

/** Starts ministack on a free port. @param environment handed on to it, and by it to the functions */
export async function startEmulator(
  binary: string,
  folder: string,
  environment: Record<string, string>,
): Promise<Emulator> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const path = join(folder, 'ministack.log');
  const file = openSync(path, 'w');
  const child: ChildProcess = spawn(binary, [], {
    cwd: folder,
    stdio: ['ignore', file, file],
    env: { ...process.env, ...KEYS, ...environment, GATEWAY_PORT: String(port), AWS_ENDPOINT_URL: url },
  });
  closeSync(file);
  const ended = new Promise<void>((gone) => {
    child.once('exit', () => gone());
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(late);
  };
  const log = (lines: number): string => readFileSync(path, 'utf8').split('\n').slice(-lines).join('\n');
  for (const until = Date.now() + 60_000; ; ) {
    const reply = await fetch(`${url}/_ministack/health`).catch(() => null);
    if (reply?.ok) break;
    if (Date.now() > until || child.exitCode !== null) {
      await stop();
      throw new Error(`ministack does not answer:\n${log(20)}`);
    }
    await new Promise((next) => setTimeout(next, 200));
  }
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return {
    url,
    env: { ...KEYS, AWS_ENDPOINT_URL: url },
    config: { region: REGION, endpoint: url, credentials },
    log,
    stop,
  };
}
