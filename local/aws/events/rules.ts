import { AwsError } from '../errors.ts';
import { type Fold, Journal } from '../files/journal.ts';
import { ACCOUNT, REGION } from '../identity.ts';
import { compilePattern, type EventMatch } from './pattern.ts';

export interface Target {
  Id: string;
  Arn: string;
  Input?: string;
  InputPath?: string;
  DeadLetterConfig?: { Arn?: string };
  RetryPolicy?: { MaximumRetryAttempts?: number; MaximumEventAgeInSeconds?: number };
}

export interface Rule {
  name: string;
  bus: string;
  pattern: string;
  enabled: boolean;
  description?: string;
  targets: Target[];
}

export interface Bus {
  name: string;
  description?: string;
}

type Entry =
  | { bus: Bus }
  | { removeBus: string }
  | { rule: Omit<Rule, 'targets'> }
  | { removeRule: [bus: string, name: string] }
  | { enable: [bus: string, name: string]; on: boolean }
  | { targets: [bus: string, name: string]; put: Target[] }
  | { targets: [bus: string, name: string]; remove: string[] };

interface State {
  buses: Map<string, Bus>;
  rules: Map<string, Rule>;
}

export function ruleKey(bus: string, name: string): string {
  return `${bus}/${name}`;
}

const fold: Fold<State, Entry> = {
  empty: () => ({ buses: new Map([['default', { name: 'default' }]]), rules: new Map() }),
  apply({ buses, rules }, entry) {
    if ('bus' in entry) buses.set(entry.bus.name, entry.bus);
    else if ('removeBus' in entry) buses.delete(entry.removeBus);
    else if ('rule' in entry) {
      const key = ruleKey(entry.rule.bus, entry.rule.name);
      rules.set(key, { ...entry.rule, targets: rules.get(key)?.targets ?? [] });
    } else if ('removeRule' in entry) rules.delete(ruleKey(...entry.removeRule));
    else {
      const key = ruleKey(...('enable' in entry ? entry.enable : entry.targets));
      const rule = rules.get(key);
      if (!rule) return;
      if ('enable' in entry) rules.set(key, { ...rule, enabled: entry.on });
      else {
        const gone = new Set('put' in entry ? entry.put.map((target) => target.Id) : entry.remove);
        const kept = rule.targets.filter((target) => !gone.has(target.Id));
        rules.set(key, { ...rule, targets: 'put' in entry ? [...kept, ...entry.put] : kept });
      }
    }
  },
  dump: ({ buses, rules }) => ({ buses: [...buses.values()], rules: [...rules.values()] }),
  load(dump) {
    const { buses, rules } = dump as { buses: Bus[]; rules: Rule[] };
    return {
      buses: new Map(buses.map((bus) => [bus.name, bus])),
      rules: new Map(rules.map((rule) => [ruleKey(rule.bus, rule.name), rule])),
    };
  },
};

/** The buses and rules of one home. */
export class Rules {
  readonly #journal: Journal<State, Entry>;
  readonly #compiled = new Map<string, EventMatch>();

  constructor(directory: string) {
    this.#journal = new Journal(directory, fold);
  }

  state(): Readonly<State> {
    return this.#journal.read();
  }

  /** Publishes what `decide` gives, if anything; it sees the newest state and may throw. */
  change(decide: (state: Readonly<State>) => Entry | null): void {
    this.#journal.change((state) => {
      const entry = decide(state);
      return entry === null ? { result: null } : { entry, result: null };
    });
  }

  /** Throws ResourceNotFoundException. */
  bus(name: string): Bus {
    const bus = this.state().buses.get(name);
    if (!bus) throw new AwsError('ResourceNotFoundException', `Event bus ${name} does not exist.`);
    return bus;
  }

  /** Throws ResourceNotFoundException. */
  rule(bus: string, name: string): Rule {
    this.bus(bus);
    const rule = this.state().rules.get(ruleKey(bus, name));
    if (!rule) {
      throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus ${bus}.`);
    }
    return rule;
  }

  rulesOf(bus: string): Rule[] {
    return [...this.state().rules.values()]
      .filter((rule) => rule.bus === bus)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** A pattern's test, compiled once. Throws `invalid_event_pattern`. */
  compiled(pattern: string): EventMatch {
    let match = this.#compiled.get(pattern);
    if (!match) {
      match = compilePattern(pattern);
      this.#compiled.set(pattern, match);
    }
    return match;
  }
}

export function busArn(name: string): string {
  return `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/${name}`;
}

export function ruleArn(bus: string, name: string): string {
  return `arn:aws:events:${REGION}:${ACCOUNT}:rule/${bus === 'default' ? '' : `${bus}/`}${name}`;
}

/** A bus's name, given as name, ARN or nothing (`default`). */
export function busName(given: string | undefined): string {
  if (given === undefined) return 'default';
  const start = busArn('');
  return given.startsWith(start) ? given.slice(start.length) : given;
}
