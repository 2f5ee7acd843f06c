import { describe, expect, it } from 'vitest';
import { ticks } from '../../functions/publish/comparison/html/axis.ts';
import { html } from '../../functions/publish/comparison/html/markup.ts';
import { previewPage } from '../../functions/publish/comparison/html/page.ts';
import { sides } from '../../functions/publish/comparison/sides.ts';
import {
  duration,
  headline,
  share,
  signed,
  signedPercent,
} from '../../functions/publish/comparison/words.ts';
import { HOSTILE, madeUpPreview } from './made-up-preview.ts';

describe('numbers in words', () => {
  it.each([
    [0, '±0'],
    [1717, '+1,717'],
    [-3, '−3'],
    [0.125, '+0.13'],
  ])('a difference of %d is %s', (n, words) => expect(signed(n)).toBe(words));

  it.each([
    [22_224, 23_941, '+7.7%'],
    [100, 50, '−50%'],
    [100_000, 99_990, '−0.01%'],
    [10_000_000, 10_000_001, '+<0.01%'],
    [0, 5, 'new'],
    [0, 0, '±0%'],
    [5, 0, '−100%'],
  ])('%d to %d is %s', (now, then, words) => expect(signedPercent(sides(now, then))).toBe(words));

  it.each([
    [1000, '1 s'],
    [90_000, '90 s'],
    [900_000, '15 min'],
    [3_600_000, '1 h'],
    [5_400_000, '1 h 30 min'],
  ])('%d ms are %s', (ms, words) => expect(duration(ms)).toBe(words));

  it('of nothing there is no share', () => expect([share(1, 0), share(1, 3)]).toEqual(['-', '33.3%']));
});

it.each([
  [0, [0, 1]],
  [1, [0, 1]],
  [3, [0, 1, 2, 3]],
  [7, [0, 2, 4, 6, 8]],
  [37_887, [0, 10_000, 20_000, 30_000, 40_000]],
])('an axis up to %d has round numbers', (most, wanted) => expect(ticks(most)).toEqual(wanted));

it('markup escapes what is put into it, and takes markup as it is', () => {
  const inner = html`<b>${'a<b'}</b>`;
  expect(html`<p title="${'"\''}">${[inner, 1, 'x&y']}</p>`.text).toBe(
    '<p title="&#34;&#39;"><b>a&#60;b</b>1x&#38;y</p>',
  );
});

describe('the page', () => {
  it('lets nothing in from outside, whatever the data says', () => {
    const page = previewPage(madeUpPreview());
    expect(page).not.toContain(HOSTILE);
    expect(page).not.toMatch(/<script|<link|<img|<iframe|onerror="|url\(|@import/i);
    expect(page).toContain(headline(madeUpPreview().totals));
  });

  it.each([
    ['no sessions at all', { days: [], channels: [], reasons: [], curve: [], inactivity_ms: null }],
    ['one day', { days: madeUpPreview().days.slice(0, 1) }],
  ])('stands with %s', (_, less) => {
    const page = previewPage({ ...madeUpPreview(), ...less });
    expect(page).not.toMatch(/NaN|Infinity|undefined|null/);
  });
});
