import type { JsonObject } from '../../../local/aws/events/leaves.ts';

/** A difference that is known: what each says, and why ours stays. One that is gone, or another, fails the judge. */
export interface Known {
  why: string;
  pattern: JsonObject;
  event: JsonObject;
  ours: 'y' | 'n' | 'refused';
  theirs: 'y' | 'n' | 'refused';
}

export const KNOWN: readonly Known[] = [
  {
    why: 'the user guide allows numbers from -5e9 to 5e9; event-ruler has widened that since',
    pattern: { a: [{ numeric: ['>', 6e9] }] },
    event: { a: 7e9 },
    ours: 'refused',
    theirs: 'y',
  },
  {
    why: 'event-ruler compares a number as its digits with the addresses of a block',
    pattern: { a: [{ cidr: '0.0.0.0/0' }] },
    event: { a: 1 },
    ours: 'n',
    theirs: 'y',
  },
  {
    why: 'of a field inside and beside $or, event-ruler forgets what stands beside',
    pattern: { b: [false], $or: [{ a: ['x'] }, { b: [{ 'anything-but': 2 }] }] },
    event: { b: 300 },
    ours: 'n',
    theirs: 'y',
  },
  {
    why: 'with another matcher beside anything-but wildcard, event-ruler takes what neither of them does',
    pattern: { a: [{ 'anything-but': { wildcard: '*c' } }, { 'equals-ignore-case': 'a' }] },
    event: { a: 'abc' },
    ours: 'n',
    theirs: 'y',
  },
  {
    why: 'with another matcher beside a wildcard, event-ruler takes a little of each for a match',
    pattern: { a: [{ wildcard: '*c' }, { prefix: { 'equals-ignore-case': 'Ab' } }] },
    event: { a: 'a\\b' },
    ours: 'n',
    theirs: 'y',
  },
  {
    why: 'below a list, event-ruler asks for absence in the element that fields before it in the alphabet have chosen',
    pattern: { a: { b: ['x'], c: [{ exists: false }] } },
    event: { a: [{ b: 'x' }, { c: 2 }] },
    ours: 'n',
    theirs: 'y',
  },
];
