import { badInput } from '../../shared/core/errors.ts';
import type { Verb, VerbContext } from '../verb.ts';

export const verb: Verb = {
  name: 'dev',
  summary: 'collect and compute as events arrive, on this machine',
  options: {
    port: {
      type: 'string',
      value: 'N',
      default: '8787',
      help: 'port of the collector and pages; 0 takes a free one',
    },
    'aws-port': {
      type: 'string',
      value: 'N',
      default: '4566',
      help: 'port of the in-process AWS; 0 takes a free one',
    },
    host: { type: 'string', value: 'H', default: '127.0.0.1', help: 'address to listen on' },
  },
  details:
    'With --json one line says where it listens: {"collector":url,"aws":url,"ui":url}. Ends on Ctrl-C.',
  examples: ['retcon dev', 'retcon dev --port 0 --json'],
  embedded: true,
  run,
};

async function run({ output, home, dir, options, signal }: VerbContext): Promise<number | undefined> {
  const { openLocalLake } = await import('../../local/lake.ts');
  const { serveDev } = await import('../../local/dev-server.ts');
  const { openWorkspace } = await import('../workspace.ts');
  const { loggerFor, noteWaiting } = await import('../work.ts');
  const lake = await openLocalLake({ home, log: loggerFor(output) });
  try {
    const { waiting, sites } = await openWorkspace(lake, dir);
    noteWaiting(output, waiting);
    const server = await serveDev(lake, {
      host: options.text('host')!,
      port: port(options.text('port')!, 'port'),
      awsPort: port(options.text('aws-port')!, 'aws-port'),
    });
    lake.runtime.start();
    const first = [...sites.keys()][0] ?? 'shop';
    const words = [
      `collector  ${server.collector}/v1/events`,
      `tracker    <script async src="${server.collector}/v1/retcon.js" data-site="${first}"></script>`,
      `aws        ${server.aws}`,
      `page       ${server.ui}`,
      '',
      'Ctrl-C ends it; what was taken is kept.',
    ];
    output.result({ collector: server.collector, aws: server.aws, ui: server.ui }, words.join('\n'));
    await new Promise<void>((stopped) => {
      if (signal.aborted) stopped();
      signal.addEventListener('abort', () => stopped(), { once: true });
    });
    await lake.runtime.stop();
    await server.close();
    return 0;
  } finally {
    await lake.close();
  }
}

function port(text: string, field: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= 65_535) return number;
  throw badInput('bad_port', `--${field}: "${text}" is no port`, {
    field,
    fix: 'give a number from 0 to 65535',
  });
}
