/** One deliberate bug, and the test that must notice it. */
export interface Mutation {
  /** What the bug is. */
  name: string;
  /** The file that has it, and the text that it replaces: there exactly once. */
  file: string;
  from: string;
  to: string;
  /** A test file, and the name of a test in it, whole or in part: the narrowest that is there for this. */
  test: string;
  named: string;
}

/** Bugs that would make the tables wrong without anything failing by itself. */
export const MUTATIONS: Mutation[] = [
  {
    name: 'drop the dedup',
    file: 'functions/compact/settle.sql',
    from: ') > 1 AS dropped',
    to: ') > 1000 AS dropped',
    test: 'test/lake/copies.long.ts',
    named: 'on the next day is one event',
  },
  {
    name: 'compare with >=',
    file: 'shared/core/session/machine.ts',
    from: 'time - this.lastTime > this.#inactivity ||',
    to: 'time - this.lastTime >= this.#inactivity ||',
    test: 'test/session/vectors.test.ts',
    named: 'inactivity.json',
  },
  {
    name: 'forget what runs out of a unit (ContS)',
    file: 'functions/sessionize/stitch-units.ts',
    from: "const heads = inputs.heads === 'none' ? [] :",
    to: "const heads = inputs.heads !== '' ? [] :",
    test: 'test/lake/late.test.ts',
    named: 'merges two sessions over a midnight',
  },
  {
    name: 'leave boundaries out of a key',
    file: 'functions/sessionize/tables.ts',
    from: '[facts.digest, boundaries.digest, stitches.digest, carried, crossings.digest]',
    to: '[facts.digest, carried, crossings.digest]',
    test: 'test/lake/edge-keys.test.ts',
    named: 'other rules that cut the same facts elsewhere',
  },
  {
    name: 'leave what comes in out of a key',
    file: 'functions/sessionize/tables.ts',
    from: 'stitches.digest, carried, crossings.digest]',
    to: 'stitches.digest, crossings.digest]',
    test: 'test/lake/edge-keys.test.ts',
    named: 'changes where a session came from',
  },
  {
    name: 'leave what runs out out of a key',
    file: 'functions/sessionize/tables.ts',
    from: 'stitches.digest, carried, crossings.digest]',
    to: 'stitches.digest, carried]',
    test: 'test/lake/late.test.ts',
    named: 'merges two sessions over a midnight',
  },
  {
    name: 'XOR for the digest',
    file: 'shared/lake/digest.ts',
    from: 'coalesce(sum(md5_number_lower(',
    to: 'coalesce(bit_xor(md5_number_lower(',
    test: 'test/lake/digest.test.ts',
    named: 'equal rows do not cancel',
  },
  {
    name: 'skip the ledger',
    file: 'shared/lake/site-index.ts',
    from: 'for (const object of entry.consumed) unit.consumed[object] = true;',
    to: '',
    test: 'test/requests/requests.test.ts',
    named: '3 beacons, 1 units',
  },
  {
    name: 'ack a batch before it is written',
    file: 'functions/ingest/handler.ts',
    from: 'const landed = await land(messages, world);',
    to: 'const landed = await land(messages, world).catch(() => ({ landing: null, rejected: null }));',
    test: 'test/ingest/handler.test.ts',
    named: 'a batch from the queue',
  },
  {
    name: 'answer 202 before the queue has it',
    file: 'functions/ingest/accept.ts',
    from: 'await Promise.race([world.queue.send(messages), late]);',
    to: 'void Promise.race([world.queue.send(messages), late]).catch(() => {});',
    test: 'test/ingest/collect.test.ts',
    named: 'the queue fails',
  },
  {
    name: 'erase a visitor without remembering it',
    file: 'functions/compact/incoming.ts',
    from: 'if (known.length === 0) return facts;',
    to: 'if (known.length >= 0) return facts;',
    test: 'test/lake/erasure-crash.long.ts',
    named: 'takes what came before and comes late',
  },
  {
    name: 'leave old generations of an erased visitor behind',
    file: 'functions/publish/erasure/remove-holders.ts',
    from: 'else if (computed ? !cameAgain : erased! > 0) going.push(holder);',
    to: 'else if (computed && !cameAgain && erased! > 0) going.push(holder);',
    test: 'test/lake/erasure.test.ts',
    named: 'as if the visitor had never been',
  },
];
