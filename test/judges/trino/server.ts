import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const START_MS = 180_000;

export interface TrinoServer {
  url: string;
  stop(): Promise<void>;
}

/** Starts the Trino that was installed below `home`, without any catalog yet, and waits until it answers. */
export async function startTrino(home: string, java: string): Promise<TrinoServer> {
  const port = await freePort();
  const data = mkdtempSync(join(home, 'data-'));
  const etc = join(data, 'etc');
  mkdirSync(join(etc, 'catalog'), { recursive: true });
  const write = (name: string, settings: Record<string, string | number>): string => {
    const path = join(etc, name);
    const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}\n`);
    writeFileSync(path, lines.join(''));
    return path;
  };
  const config = write('config.properties', {
    coordinator: 'true',
    'node-scheduler.include-coordinator': 'true',
    'http-server.http.port': port,
    'discovery.uri': `http://127.0.0.1:${port}`,
    'query.max-memory': '400MB',
    'query.max-memory-per-node': '400MB',
    'catalog.management': 'dynamic',
    'catalog.store': 'memory',
    'web-ui.enabled': 'false',
  });
  const levels = write('log.properties', { 'io.trino': 'WARN', 'io.airlift': 'WARN' });
  const log = join(data, 'log');
  const output = openSync(log, 'a');
  const server = spawn(
    java,
    [
      '-Xmx1536m',
      // It lives for a minute or two: what the better compiler gains takes longer to come.
      '-XX:TieredStopAtLevel=1',
      '-XX:+UseSerialGC',
      '-XX:ReservedCodeCacheSize=256M',
      '-Djdk.attach.allowAttachSelf=true',
      '-Dfile.encoding=UTF-8',
      '--add-modules=jdk.incubator.vector',
      `-Dconfig=${config}`,
      `-Dlog.levels-file=${levels}`,
      `-Dcatalog.config-dir=${join(etc, 'catalog')}`,
      `-Dplugin.dir=${join(home, 'server', 'plugin')}`,
      '-Dnode.environment=judge',
      '-Dnode.id=judge',
      `-Dnode.data-dir=${data}`,
      '-cp',
      join(home, 'server', 'lib', '*'),
      'io.trino.server.TrinoServer',
    ],
    { cwd: data, stdio: ['ignore', output, output] },
  );
  const url = `http://127.0.0.1:${port}`;
  await answering(url, server, log);
  return {
    url,
    async stop() {
      await ended(server);
      rmSync(data, { recursive: true, force: true });
    },
  };
}

async function answering(url: string, server: ChildProcess, log: string): Promise<void> {
  for (const until = Date.now() + START_MS; Date.now() < until; ) {
    if (server.exitCode !== null) throw new Error(`Trino ended as it started:\n${lastLines(log)}`);
    const info = await fetch(`${url}/v1/info`)
      .then((reply) => reply.json() as Promise<{ starting?: boolean }>)
      .catch(() => ({ starting: true }));
    if (info.starting === false) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await ended(server);
  throw new Error(`Trino did not start within ${START_MS / 1000} s:\n${lastLines(log)}`);
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const over = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGKILL');
  await over;
}

const lastLines = (log: string): string => readFileSync(log, 'utf8').split('\n').slice(-40).join('\n');

/** A port that nobody has now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}
