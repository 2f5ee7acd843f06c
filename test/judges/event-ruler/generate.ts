import type { Prng } from '../../../cli/demo/prng.ts';
import type { Json, JsonObject } from '../../../local/aws/events/leaves.ts';

/** Every kind of matcher that patterns are made of; the judge sees to it that each decides something. */
export const KINDS = [
  'text',
  'number',
  'constant',
  'prefix',
  'suffix',
  'prefix ignoring case',
  'suffix ignoring case',
  'equals-ignore-case',
  'wildcard',
  'cidr',
  'numeric =',
  'numeric one side',
  'numeric range',
  'exists true',
  'exists false',
  'anything-but text',
  'anything-but texts',
  'anything-but number',
  'anything-but numbers',
  'anything-but prefix',
  'anything-but suffix',
  'anything-but equals-ignore-case',
  'anything-but wildcard',
  'several',
  'nested',
  '$or',
] as const;
export type Kind = (typeof KINDS)[number];

/** No other matcher of the same field stands beside these, nor in an alternative (KNOWN in known.ts). */
const ALONE: readonly Kind[] = ['wildcard', 'anything-but wildcard'];

/** Not below the top beside other fields (KNOWN in known.ts). */
const ABSENT: readonly Kind[] = ['exists false'];

// Few names and values, so that about as many events match as don't.
const NAMES = ['a', 'b', 'c'];
// Stands beside `$or` only: of a field on both sides event-ruler forgets one (KNOWN in known.ts).
const BESIDE = 'd';
const TEXTS = [
  '',
  'a',
  'ab',
  'abc',
  'ABC',
  'Ab',
  'bc',
  'abcabc',
  'b*c',
  'a\\b',
  'é',
  'É',
  'landing/x',
  '10.0.0.1',
  '10.1.0.1',
  '2001:db8::1',
];
const NUMBERS = [-5, -0.5, 0, 1, 1.5, 2, 10, 299.99, 300];
const CONSTANTS = [true, false, null];
const WILDCARDS = ['*', 'a*', '*c', 'a*c', '*b*', 'a*b*c', 'b\\*c', 'a\\\\b', 'landing/*', 'abc'];
const BLOCKS = ['10.0.0.0/24', '10.0.0.0/8', '10.0.0.0/31', '2001:db8::/32', '2001:db8::/127'];

/** A pattern, and the kinds of matchers that are in it. */
export interface Made {
  pattern: JsonObject;
  kinds: Set<Kind>;
}

/** Makes a pattern of up to three fields, some of them inside `detail` or an alternative. */
export function madePattern(random: Prng, wanted: Kind): Made {
  const kinds = new Set<Kind>();
  const pattern = objectOf(random, kinds, wanted, { depth: 2, alone: true, alternative: false });
  return { pattern, kinds };
}

/** Where an object of a pattern stands: how deep it may still go, whether no field stands beside it or above, and whether it is of `$or`. */
interface Place {
  depth: number;
  alone: boolean;
  alternative: boolean;
}

function objectOf(random: Prng, kinds: Set<Kind>, wanted: Kind | null, place: Place): JsonObject {
  const { depth } = place;
  const top = depth === 2;
  if (wanted === '$or') {
    kinds.add('$or');
    const more: JsonObject = random.chance(0.3) ? { [BESIDE]: listOf(random, kinds, null, []) } : {};
    const branches = Array.from({ length: random.whole(2, 3) }, () =>
      objectOf(random, kinds, null, { depth: 1, alone: false, alternative: true }),
    );
    return { ...more, $or: branches };
  }
  if (wanted === 'nested') {
    kinds.add('nested');
    return {
      [random.pick(NAMES)]: objectOf(random, kinds, null, {
        depth: depth - 1,
        alone: true,
        alternative: false,
      }),
    };
  }
  const pattern: JsonObject = {};
  const fields = random.whole(1, 2);
  const alone = place.alone && fields === 1;
  for (let i = fields; i > 0; i--) {
    const nested = wanted === null && depth > 0 && random.chance(0.3);
    if (nested) kinds.add('nested');
    pattern[random.pick(NAMES)] = nested
      ? objectOf(random, kinds, null, { ...place, depth: depth - 1, alone })
      : listOf(random, kinds, wanted, [...(top || alone ? [] : ABSENT), ...(place.alternative ? ALONE : [])]);
  }
  return pattern;
}

/** @param without kinds that don't mean the same to both there (KNOWN in known.ts) */
function listOf(random: Prng, kinds: Set<Kind>, wanted: Kind | null, without: readonly Kind[]): Json[] {
  const single = KINDS.slice(0, KINDS.indexOf('several')).filter((kind) => !without.includes(kind));
  const first = wanted === null || wanted === 'several' ? random.pick(single) : wanted;
  const several = !ALONE.includes(first) && (wanted === 'several' || random.chance(0.2));
  if (several) kinds.add('several');
  const made = [first, ...(several ? [random.pick(single.filter((kind) => !ALONE.includes(kind)))] : [])];
  return made.map((kind) => {
    kinds.add(kind);
    return matcherOf(random, kind);
  });
}

function matcherOf(random: Prng, kind: Kind): Json {
  const text = (): string => random.pick(TEXTS);
  const some = (): string => random.pick(TEXTS.filter((one) => one !== ''));
  const number = (): number => random.pick(NUMBERS);
  const [low, high] = [number(), number()].sort((x, y) => x - y) as [number, number];
  switch (kind) {
    case 'text':
      return text();
    case 'number':
      return number();
    case 'constant':
      return random.pick(CONSTANTS);
    case 'prefix':
    case 'suffix':
      return { [kind]: some() };
    case 'prefix ignoring case':
      return { prefix: { 'equals-ignore-case': some() } };
    case 'suffix ignoring case':
      return { suffix: { 'equals-ignore-case': some() } };
    case 'equals-ignore-case':
      return { [kind]: some() };
    case 'wildcard':
      return { wildcard: random.pick(WILDCARDS) };
    case 'cidr':
      return { cidr: random.pick(BLOCKS) };
    case 'numeric =':
      return { numeric: ['=', number()] };
    case 'numeric one side':
      return { numeric: [random.pick(['<', '<=', '>', '>=']), number()] };
    case 'numeric range':
      return {
        numeric: [random.pick(['>', '>=']), low, random.pick(['<', '<=']), low === high ? high + 1 : high],
      };
    case 'exists true':
      return { exists: true };
    case 'exists false':
      return { exists: false };
    case 'anything-but text':
      return { 'anything-but': text() };
    case 'anything-but texts':
      return { 'anything-but': [text(), text()] };
    case 'anything-but number':
      return { 'anything-but': number() };
    case 'anything-but numbers':
      return { 'anything-but': [number(), number()] };
    case 'anything-but prefix':
      return { 'anything-but': { prefix: some() } };
    case 'anything-but suffix':
      return { 'anything-but': { suffix: some() } };
    case 'anything-but equals-ignore-case':
      return { 'anything-but': { 'equals-ignore-case': random.chance(0.5) ? some() : [some(), some()] } };
    case 'anything-but wildcard':
      return { 'anything-but': { wildcard: random.pick(WILDCARDS) } };
    default:
      throw new Error(`${kind} is no matcher`);
  }
}

/** Makes an event: values, lists of values, objects and lists of objects under the same few names. */
export function madeEvent(random: Prng, depth = 2): JsonObject {
  const event: JsonObject = {};
  for (const name of [...NAMES, BESIDE]) if (random.chance(0.75)) event[name] = fieldOf(random, depth);
  return event;
}

function fieldOf(random: Prng, depth: number): Json {
  if (depth > 0 && random.chance(0.25)) return madeEvent(random, depth - 1);
  if (depth > 0 && random.chance(0.1))
    return Array.from({ length: random.whole(1, 3) }, () => madeEvent(random, depth - 1));
  if (random.chance(0.15)) return Array.from({ length: random.whole(0, 3) }, () => leafOf(random));
  return leafOf(random);
}

function leafOf(random: Prng): Json {
  if (random.chance(0.6)) return random.pick(TEXTS);
  return random.chance(0.7) ? random.pick(NUMBERS) : random.pick(CONSTANTS);
}

/** Patterns that nobody may take, and some that look wrong and are not. */
export const STRANGE: readonly Json[] = [
  {},
  [],
  { a: [] },
  { a: {} },
  { a: 'text' },
  { a: 1 },
  { a: null },
  { a: [['x']] },
  { a: [{}] },
  { a: [{ prefix: 1 }] },
  { a: [{ prefix: ['x'] }] },
  { a: [{ prefix: 'x', suffix: 'y' }] },
  { a: [{ suffix: null }] },
  { a: [{ unknown: 'x' }] },
  { a: [{ numeric: [] }] },
  { a: [{ numeric: '=' }] },
  { a: [{ numeric: ['=', 'x'] }] },
  { a: [{ numeric: ['!', 1] }] },
  { a: [{ numeric: ['=', 1, '<', 2] }] },
  { a: [{ numeric: ['>', 1, '<', 1] }] },
  { a: [{ numeric: ['>', 2, '<', 1] }] },
  { a: [{ numeric: ['<', 2, '>', 1] }] },
  { a: [{ numeric: ['>', 1, '>', 2] }] },
  { a: [{ exists: 'true' }] },
  { a: [{ exists: true, prefix: 'x' }] },
  { a: [{ exists: false, prefix: 'x' }] },
  { a: [{ cidr: '10.0.0.0' }] },
  { a: [{ cidr: '10.0.0.1/32' }] },
  { a: [{ cidr: '10.0.0.0/33' }] },
  { a: [{ cidr: '10.0.0.7/24' }] },
  { a: [{ cidr: '2001:db8::1/128' }] },
  { a: [{ cidr: '2001:db8::1' }] },
  { a: [{ cidr: '10.0.0.0/x' }] },
  { a: [{ cidr: '10.0.0.0/8/8' }] },
  { a: [{ cidr: '10.0.0/8' }] },
  { a: [{ cidr: 10 }] },
  { a: [{ wildcard: 'a**b' }] },
  { a: [{ wildcard: 'a\\b' }] },
  { a: [{ wildcard: 1 }] },
  { a: [{ 'equals-ignore-case': 1 }] },
  { a: [{ 'anything-but': [] }] },
  { a: [{ 'anything-but': ['x', 1] }] },
  { a: [{ 'anything-but': { prefix: 1 } }] },
  { a: [{ 'anything-but': { numeric: ['=', 1] } }] },
  { a: [{ 'anything-but': {} }] },
  { a: [{ 'anything-but': null }] },
  { a: [{ 'anything-but': true }] },
  { $or: [] },
  { $or: [{ a: ['x'] }] },
  { $or: [{ a: ['x'] }, { b: ['y'] }] },
  { $or: [{ prefix: 'x' }, { suffix: 'y' }] },
  { $or: ['x', 'y'] },
  { a: [{ prefix: '' }] },
  { a: [{ suffix: '' }] },
  { a: [{ 'equals-ignore-case': '' }] },
  { a: [{ wildcard: '' }] },
  { a: [{ 'anything-but': '' }] },
  { a: [{ 'anything-but': { prefix: '' } }] },
  { a: [{ 'anything-but': { prefix: ['x', 'y'] } }] },
  { a: [{ 'anything-but': { suffix: ['x', 'y'] } }] },
  { a: [{ 'anything-but': { wildcard: ['x*', '*y'] } }] },
  { a: [{ 'anything-but': { suffix: { 'equals-ignore-case': 'x' } } }] },
];
