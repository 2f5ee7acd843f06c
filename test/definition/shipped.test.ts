import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DEFAULT_DEFINITION } from '../../shared/core/definition/defaults.ts';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { channelOf } from '../../shared/core/labels/channel.ts';
import { trafficSource } from '../../shared/core/labels/traffic-source.ts';

const text = readFileSync(new URL('../../definitions/default.yaml', import.meta.url), 'utf8');

/** An example in the file's comments: the indented lines from its key on. */
function example(key: string): string {
  const lines = text.split('\n');
  const from = lines.indexOf(`#   ${key}:`);
  const to = lines.findIndex((line, i) => i > from && !line.startsWith('#   '));
  return lines
    .slice(from, to)
    .map((line) => line.slice(4))
    .join('\n');
}

it('the definition that comes along says the defaults, but for its page groups', () => {
  const { page_groups, ...rest } = parseDefinition(text, 'default.yaml');
  expect({ ...rest, page_groups: [] }).toEqual(DEFAULT_DEFINITION);
  expect(page_groups.map(({ name }) => name)).toEqual(['Product', 'Checkout']);
});

it('the channels of its comments take the visits that they are named after', () => {
  const { channels } = parseDefinition(example('channels'), 'example.yaml');
  const none = {
    utm_source: null,
    utm_medium: null,
    utm_campaign: null,
    click_id: null,
    referrer_host: null,
  };
  const channel = (arrival: Partial<typeof none> | Record<string, string>): string => {
    const full = { ...none, ...arrival };
    return channelOf(channels)(
      trafficSource(full),
      (field) => (full as Record<string, string | null>)[field] ?? null,
    );
  };
  expect(channel({ utm_source: 'newsletter' })).toBe('Newsletter');
  expect(channel({ referrer_host: 'google.com' })).toBe('Search');
  expect(channel({})).toBe('Unassigned');
});

it('its other examples are well formed', () => {
  const [conversion] = parseDefinition(example('conversions'), 'example.yaml').conversions;
  expect(conversion!.name).toBe('purchase');
  const [scope] = parseDefinition(example('scopes'), 'example.yaml').scopes;
  expect(scope!.overrides.sessions!.inactivity_ms).toBe(900_000);
});
