import bowser from 'bowser';
import { isbot } from 'isbot';

export interface UserAgentLabels {
  /** Null when the user agent doesn't say. */
  device_class: 'desktop' | 'mobile' | 'tablet' | 'tv' | 'bot' | null;
  /** `Chrome`, `Safari`, ..; null when unknown. */
  browser: string | null;
  /** `Windows`, `iOS`, ..; null when unknown. */
  os: string | null;
  is_bot: boolean;
}

const NONE: Readonly<UserAgentLabels> = Object.freeze({
  device_class: null,
  browser: null,
  os: null,
  is_bot: false,
});

/** Most user agents remembered; then all are forgotten. */
const MEMORY = 20_000;
const remembered = new Map<string, Readonly<UserAgentLabels>>();

/**
 * Labels that a user agent gives to an event. Whoever sends none is not a bot, and has no device. A bot's
 * device class is `bot`, whatever it pretends to be. Answers are remembered, for parsing costs some 20
 * microseconds.
 */
export function userAgentLabels(userAgent: string | null): Readonly<UserAgentLabels> {
  if (!userAgent) return NONE;
  let labels = remembered.get(userAgent);
  if (labels === undefined) {
    labels = Object.freeze(parse(userAgent));
    if (remembered.size >= MEMORY) remembered.clear();
    remembered.set(userAgent, labels);
  }
  return labels;
}

const DEVICES: Record<string, UserAgentLabels['device_class']> = {
  desktop: 'desktop',
  mobile: 'mobile',
  tablet: 'tablet',
  tv: 'tv',
  bot: 'bot',
};

function parse(userAgent: string): UserAgentLabels {
  const { browser, os, platform } = bowser.parse(userAgent);
  const isBot = isbot(userAgent) || platform.type === 'bot';
  return {
    device_class: isBot ? 'bot' : (DEVICES[platform.type ?? ''] ?? null),
    browser: browser.name || null,
    os: os.name || null,
    is_bot: isBot,
  };
}
