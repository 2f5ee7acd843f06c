import { describe, expect, it } from 'vitest';
import { RetconError } from '../../shared/core/errors.ts';
import { parseSite, siteFileToWrite } from '../../shared/core/site-file.ts';

function refusal(text: string, file = 'sites/shop.yaml'): RetconError {
  try {
    parseSite(text, file);
  } catch (error) {
    if (error instanceof RetconError) return error;
    throw error;
  }
  throw new Error(`accepted: ${text}`);
}

describe('a site', () => {
  it('is read completely', () => {
    const text = `
site: shop
time_zone: Asia/Tokyo
hosts: [www.Shop.example, "shop.example.co.jp", müller.example]
day_offset: +09:00
allowed_origins: [https://www.shop.example, "http://localhost:8787"]
write_keys: [k-1, k-2]
privacy: { address: keep, cookieless: true }
limits: { requests_per_second: 50 }
freshness: 10m
lateness: 3d
`;
    expect(parseSite(text, 'somewhere/sites/shop.yaml')).toEqual({
      site: 'shop',
      time_zone: 'Asia/Tokyo',
      hosts: ['shop.example', 'shop.example.co.jp', 'xn--mller-kva.example'],
      day_offset_minutes: 540,
      allowed_origins: ['https://www.shop.example', 'http://localhost:8787'],
      write_keys: ['k-1', 'k-2'],
      privacy: { address: 'keep', cookieless: true },
      limits: { requests_per_second: 50 },
      freshness_seconds: 600,
      lateness_seconds: 259_200,
    });
  });

  it('has defaults for what is not written', () => {
    expect(parseSite('site: shop', 'sites/shop.yaml')).toEqual({
      site: 'shop',
      time_zone: 'UTC',
      hosts: [],
      day_offset_minutes: null,
      allowed_origins: [],
      write_keys: [],
      privacy: { address: 'truncate', cookieless: false },
      limits: { requests_per_second: null },
      freshness_seconds: 900,
      lateness_seconds: 172_800,
    });
  });

  it.each(['-03:30', '"-03:30"'])('may start its units at %s', (offset) => {
    expect(parseSite(`day_offset: ${offset}`, 'a.yml').day_offset_minutes).toBe(-210);
  });

  it.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'Asia/Calcutta'])(
    'may be in %s',
    (zone) => expect(parseSite(`time_zone: ${zone}`, 'a.yaml').time_zone).toBe(zone),
  );

  it.each([
    ['', '', 'the file is empty; write at least: site: shop'],
    [
      'site: blog',
      'site',
      ':1:7: site: "blog" is not the name of its file; write shop, or rename the file to blog.yaml',
    ],
    ['site: Shop!', 'site', '"Shop!" is not a site id'],
    ['timezone: UTC', 'timezone', 'did you mean "time_zone"?'],
    ['time_zone: Asia/Tokio', 'time_zone', 'did you mean "Asia/Tokyo"?'],
    ['time_zone: JST', 'time_zone', 'write an IANA name'],
    ['time_zone: +09:00', 'time_zone', '"+09:00" is not a time zone'],
    ['time_zone: 9', 'time_zone', '9 is not a string'],
    ['hosts: shop.example', 'hosts', 'is not a list of hosts'],
    ['hosts: [https://shop.example/]', 'hosts[0]', 'write just the host: shop.example'],
    ['hosts: ["shop.example:8080"]', 'hosts[0]', 'write just the host: shop.example'],
    ['hosts: [a.example, www.a.example]', 'hosts[1]', '"a.example" is listed twice'],
    ['hosts: ["a b"]', 'hosts[0]', 'is not a plain host'],
    ['hosts: [a..b]', 'hosts[0]', 'is not a host'],
    ['day_offset: 9', 'day_offset', '9 is not an offset from UTC; write it as +09:00'],
    ['day_offset: +15:00', 'day_offset', 'at most 14 hours'],
    ['allowed_origins: ["*"]', 'allowed_origins[0]', 'leave allowed_origins empty for any'],
    ['allowed_origins: [shop.example]', 'allowed_origins[0]', 'write scheme and host'],
    ['allowed_origins: ["https://shop.example/"]', 'allowed_origins[0]', 'write https://shop.example'],
    ['allowed_origins: ["https://shop.example:443"]', 'allowed_origins[0]', 'write https://shop.example'],
    ['write_keys: [""]', 'write_keys[0]', 'it is empty'],
    ['write_keys: [12345]', 'write_keys[0]', 'write a key in quotes: "12345"'],
    ['privacy: {address: hash}', 'privacy.address', 'use one of truncate, keep, drop'],
    ['privacy: {cookieles: true}', 'privacy.cookieles', 'did you mean "cookieless"?'],
    ['limits: {requests_per_second: 0}', 'limits.requests_per_second', 'not a number above 0'],
    ['freshness: 15', 'freshness', 'has no unit'],
    ['freshness: 2d', 'freshness', 'write at most 24h'],
  ])('that says %j is refused at %j: %s', (text, field, message) => {
    const error = refusal(text);
    expect(error).toMatchObject({ code: 'bad_site', exit: 2, field });
    expect(error.message).toContain('sites/shop.yaml');
    expect(error.message).toContain(message);
  });

  it('needs a file name that is a site id', () => {
    expect(refusal('time_zone: UTC', 'sites/My Shop.yaml').message).toContain('"My Shop" is not a site id');
  });

  it('without a file gets one to write, which is valid', () => {
    const site = parseSite(siteFileToWrite('news-1'), 'sites/news-1.yaml');
    expect(site).toMatchObject({ site: 'news-1', time_zone: 'UTC', hosts: ['example.com'] });
  });
});
