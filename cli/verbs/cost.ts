import { dollars } from '../amounts.ts';
import type { Line } from '../cost/lines.ts';
import { table } from '../table.ts';
import type { Verb, VerbContext } from '../verb.ts';

export const verb: Verb = {
  name: 'cost',
  summary: 'what traffic would cost on AWS, hop by hop, with the arithmetic',
  details:
    'Price x count = dollars, at list prices; what AWS gives every account for nothing is told apart. Counts of requests are those that the functions are held to (docs/requests.md); what is assumed stands in docs/operations.md. No lake is needed.',
  options: {
    events: { type: 'string', value: 'N', required: true, help: 'events a month, such as 10M or 2.5G/month' },
    sites: { type: 'string', value: 'S', default: '1', help: 'sites that they are spread over' },
    'per-beacon': { type: 'string', value: 'N', default: '5', help: 'events in a beacon' },
    days: { type: 'string', value: 'N', default: '365', help: 'days of history that are stored' },
    'marts-every': {
      type: 'string',
      value: 'TIME',
      default: '15m',
      help: 'how often marts are built when something came (the parameter martsEvery)',
    },
    'marts-per-day': {
      type: 'string',
      value: 'USD',
      default: '1',
      help: 'dollars a day that this may cost; they are built less often then (martsPerDay)',
    },
    cdn: { type: 'boolean', help: 'with CloudFront in front' },
    firewall: { type: 'boolean', help: 'with its firewall' },
    monitoring: { type: 'boolean', help: 'with alarms, dashboard and metrics' },
  },
  examples: [
    'retcon cost --events 100M --sites 3',
    'retcon cost --events 4M --sites 400 --monitoring --json',
  ],
  run,
};

async function run({ output, options }: VerbContext): Promise<undefined> {
  const { readAmount, readDuration } = await import('../cost/traffic.ts');
  const { HOPS, lessFree, linesOf, restatement } = await import('../cost/lines.ts');
  const { PRICE_LIST } = await import('../../shared/core/prices.ts');
  const amount = (name: string, least: number) => readAmount(options.text(name)!, name, least);
  const traffic = {
    events: amount('events', 0),
    sites: amount('sites', 1),
    perBeacon: amount('per-beacon', 1),
    days: amount('days', 1),
    martsEvery: readDuration(options.text('marts-every')!),
    martsPerDay: amount('marts-per-day', 0.01),
    cdn: options.flag('cdn'),
    firewall: options.flag('firewall'),
    monitoring: options.flag('monitoring'),
  };
  const lines = lessFree(linesOf(traffic));
  const sum = (some: readonly Line[]) => some.reduce((total, { usd }) => total + usd, 0);
  const usd = sum(lines);
  const free = lines.reduce((total, one) => total + one.free, 0);
  const hops = Object.fromEntries(HOPS.map((hop) => [hop, sum(lines.filter((one) => one.hop === hop))]));
  const again = restatement(traffic);
  const rows = HOPS.flatMap((hop) =>
    lines
      .filter((one) => one.hop === hop)
      .map((one, at) => [
        at === 0 ? hop : '',
        one.what,
        number(one.count),
        price(one.price),
        dollars(one.usd),
      ]),
  );
  const right = (name: string) => ({ name, align: 'right' as const });
  const perMillion = traffic.events > 0 ? (hops['collection']! / traffic.events) * 1e6 : null;
  const words = [
    table(['hop', 'what', right('count'), right('x price'), right('= dollars')], rows),
    '',
    ...HOPS.filter((hop) => hops[hop]! > 0).map((hop) => `${hop.padEnd(12)}${dollars(hops[hop]!)}`),
    `${'a month'.padEnd(12)}${dollars(usd)}; ${dollars(usd - free)} where nothing else uses what AWS gives for nothing`,
    ...(perMillion === null ? [] : [`collection of a million events: ${dollars(perMillion)}`]),
    ...(again.events > 0
      ? [`sessions, events and marts of ${number(again.events)} events restated once: ${dollars(again.usd)}`]
      : []),
    `list prices of ${PRICE_LIST.region}, ${PRICE_LIST.date}`,
  ];
  const month = { ...hops, usd, free, usd_after_free: usd - free, collection_per_million: perMillion };
  output.result({ traffic, prices: PRICE_LIST, lines, month, restated_once: again }, words.join('\n'));
  return undefined;
}

const number = (n: number): string =>
  n >= 100 ? Math.round(n).toLocaleString('en-US') : String(Number(n.toPrecision(3)));
const price = (n: number): string =>
  `$${Number(n.toPrecision(6)).toLocaleString('en-US', { maximumFractionDigits: 12 })}`;
