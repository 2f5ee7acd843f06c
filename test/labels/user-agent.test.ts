import { describe, expect, it } from 'vitest';
import { userAgentLabels } from '../../shared/core/labels/user-agent.ts';

const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const apple = 'AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';

describe('user agents', () => {
  it.each([
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/126.0.0.0 Safari/537.36`,
      'desktop',
      'Chrome',
      'Windows',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0', 'desktop', 'Firefox', 'Linux'],
    [`Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) ${apple}`, 'mobile', 'Safari', 'iOS'],
    [`Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) ${apple}`, 'tablet', 'Safari', 'iOS'],
    [
      `Mozilla/5.0 (Linux; Android 14; Pixel 8) ${webkit} Chrome/126.0.0.0 Mobile Safari/537.36`,
      'mobile',
      'Chrome',
      'Android',
    ],
    [
      'Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/538.1 (KHTML, like Gecko) Version/6.0 TV Safari/538.1',
      'tv',
      'Tizen',
      'Tizen',
    ],
  ])('%s', (userAgent, device_class, browser, os) => {
    expect(userAgentLabels(userAgent)).toEqual({ device_class, browser, os, is_bot: false });
  });

  it.each([
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    `Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X) ${webkit} Chrome/126.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)`,
    `Mozilla/5.0 (X11; Linux x86_64) ${webkit} HeadlessChrome/126.0.0.0 Safari/537.36`,
    'curl/8.5.0',
    'python-requests/2.31.0',
  ])('%s is a bot', (userAgent) => {
    expect(userAgentLabels(userAgent)).toMatchObject({ device_class: 'bot', is_bot: true });
  });

  it('none is not a bot', () => {
    expect(userAgentLabels(null)).toEqual({ device_class: null, browser: null, os: null, is_bot: false });
  });

  it('are remembered, within a bound, and answer the same when forgotten', () => {
    const first = userAgentLabels('curl/8.5.0');
    expect(userAgentLabels('curl/8.5.0')).toBe(first);
    for (let i = 0; i < 20_001; i++) userAgentLabels(`w${i}`);
    expect(userAgentLabels('curl/8.5.0')).not.toBe(first);
    expect(userAgentLabels('curl/8.5.0')).toEqual(first);
  });
});
