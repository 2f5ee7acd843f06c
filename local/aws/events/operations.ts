import { isDeepStrictEqual } from 'node:util';
import { AwsError, unsupportedMessage } from '../errors.ts';
import type { Input, Operation } from '../json.ts';
import { queueOfArn } from '../sqs/queues.ts';
import { pick } from './event.ts';
import { read, withPattern } from './parameters.ts';
import { type Bus, busArn, busName, type Rule, type Rules, ruleArn, ruleKey, type Target } from './rules.ts';

const NAME = /^[\w.-]{1,64}$/;
const TARGETS_PER_RULE = 5;

/** Buses, rules and targets. */
export function ruleOperations(rules: Rules): Record<string, Operation> {
  const onBus = (input: Input): string => busName(read.maybeText(input, 'EventBusName'));
  return {
    CreateEventBus: {
      accepts: ['Name', 'Description'],
      run(input) {
        const name = checkName(read.text(input, 'Name'), /^[\w./-]{1,256}$/);
        const bus: Bus = { name, description: read.maybeText(input, 'Description') };
        rules.change(({ buses }) => {
          if (buses.has(name)) {
            throw new AwsError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`);
          }
          return { bus };
        });
        return { EventBusArn: busArn(name), Description: bus.description };
      },
    },
    DeleteEventBus: {
      accepts: ['Name'],
      run(input) {
        const name = read.text(input, 'Name');
        rules.change(({ buses, rules: all }) => {
          if (name === 'default')
            throw new AwsError('ValidationException', 'Cannot delete event bus default.');
          if ([...all.values()].some((rule) => rule.bus === name)) {
            throw new AwsError('ValidationException', `Cannot delete event bus ${name}: it has rules.`);
          }
          return buses.has(name) ? { removeBus: name } : null;
        });
      },
    },
    DescribeEventBus: {
      accepts: ['Name'],
      run(input) {
        const bus = rules.bus(busName(read.maybeText(input, 'Name')));
        return { Name: bus.name, Arn: busArn(bus.name), Description: bus.description };
      },
    },
    ListEventBuses: {
      accepts: ['NamePrefix', 'Limit', 'NextToken'],
      run(input) {
        const names = [...rules.state().buses.keys()];
        const { items, NextToken } = page(names, (name) => name, input, 'NamePrefix');
        return { EventBuses: items.map((Name) => ({ Name, Arn: busArn(Name) })), NextToken };
      },
    },
    PutRule: {
      accepts: ['Name', 'EventPattern', 'State', 'Description', 'EventBusName', 'Tags'],
      run(input) {
        const name = checkName(read.text(input, 'Name'), NAME);
        const bus = onBus(input);
        rules.bus(bus);
        const pattern = read.text(input, 'EventPattern');
        withPattern(() => rules.compiled(pattern));
        const state = read.maybeText(input, 'State') ?? 'ENABLED';
        if (state !== 'ENABLED' && state !== 'DISABLED') {
          throw new AwsError('ValidationException', unsupportedMessage(`the rule state ${state}`));
        }
        const description = read.maybeText(input, 'Description');
        const rule = { name, bus, pattern, enabled: state === 'ENABLED', description };
        rules.change(({ rules: all }) => {
          const { targets: _, ...there } = all.get(ruleKey(bus, name)) ?? { targets: [] };
          return same(there, rule) ? null : { rule };
        });
        return { RuleArn: ruleArn(bus, name) };
      },
    },
    DescribeRule: {
      accepts: ['Name', 'EventBusName'],
      run: (input) => describe(rules.rule(onBus(input), read.text(input, 'Name'))),
    },
    EnableRule: {
      accepts: ['Name', 'EventBusName'],
      run: (input) => enable(rules, onBus(input), input, true),
    },
    DisableRule: {
      accepts: ['Name', 'EventBusName'],
      run: (input) => enable(rules, onBus(input), input, false),
    },
    DeleteRule: {
      accepts: ['Name', 'EventBusName', 'Force'],
      run(input) {
        const bus = onBus(input);
        rules.bus(bus);
        const name = read.text(input, 'Name');
        rules.change(({ rules: all }) => {
          const rule = all.get(ruleKey(bus, name));
          if (rule && rule.targets.length > 0) {
            throw new AwsError('ValidationException', "Rule can't be deleted since it has targets.");
          }
          return rule ? { removeRule: [bus, name] } : null;
        });
      },
    },
    ListRules: {
      accepts: ['NamePrefix', 'EventBusName', 'Limit', 'NextToken'],
      run(input) {
        const bus = onBus(input);
        rules.bus(bus);
        const { items, NextToken } = page(rules.rulesOf(bus), (rule) => rule.name, input, 'NamePrefix');
        return { Rules: items.map(describe), NextToken };
      },
    },
    PutTargets: {
      accepts: ['Rule', 'EventBusName', 'Targets'],
      run: (input) => putTargets(rules, onBus(input), input),
    },
    RemoveTargets: {
      accepts: ['Rule', 'EventBusName', 'Ids', 'Force'],
      run(input) {
        const { bus, name } = rules.rule(onBus(input), read.text(input, 'Rule'));
        const ids = read.list(input, 'Ids') as string[];
        rules.change(() => ({ targets: [bus, name], remove: ids }));
        return { FailedEntryCount: 0, FailedEntries: [] };
      },
    },
    ListTargetsByRule: {
      accepts: ['Rule', 'EventBusName', 'Limit', 'NextToken'],
      run(input) {
        const { targets } = rules.rule(onBus(input), read.text(input, 'Rule'));
        const { items, NextToken } = page(targets, (target) => target.Id, input);
        return { Targets: items, NextToken };
      },
    },
  };
}

function checkName(name: string, pattern: RegExp): string {
  if (!pattern.test(name)) throw new AwsError('ValidationException', `The name ${name} is not valid.`);
  return name;
}

function enable(rules: Rules, bus: string, input: Input, on: boolean): void {
  const rule = rules.rule(bus, read.text(input, 'Name'));
  if (rule.enabled !== on) rules.change(() => ({ enable: [bus, rule.name], on }));
}

function describe(rule: Rule): Record<string, unknown> {
  return {
    Name: rule.name,
    Arn: ruleArn(rule.bus, rule.name),
    EventPattern: rule.pattern,
    State: rule.enabled ? 'ENABLED' : 'DISABLED',
    Description: rule.description,
    EventBusName: rule.bus,
  };
}

const TARGET_FIELDS = ['Id', 'Arn', 'Input', 'InputPath', 'DeadLetterConfig', 'RetryPolicy'];

function putTargets(rules: Rules, bus: string, input: Input): unknown {
  const targets = read.list(input, 'Targets') as Input[];
  for (const target of targets) checkTarget(target);
  const { name } = rules.rule(bus, read.text(input, 'Rule'));
  rules.change((state) => {
    const there = state.rules.get(ruleKey(bus, name))?.targets ?? [];
    const unchanged = (target: Input): boolean =>
      there.some((one) => one.Id === target.Id && same(one, target));
    if (targets.every(unchanged)) return null;
    const ids = new Set([...there.map((target) => target.Id), ...targets.map((target) => target.Id)]);
    if (ids.size > TARGETS_PER_RULE) {
      throw new AwsError(
        'LimitExceededException',
        'The requested resource exceeds the maximum number allowed.',
      );
    }
    return { targets: [bus, name], put: targets as unknown as Target[] };
  });
  return { FailedEntryCount: 0, FailedEntries: [] };
}

function same(a: object, b: object): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b)));
}

function checkTarget(target: Input): void {
  const other = Object.keys(target).find((field) => !TARGET_FIELDS.includes(field));
  if (other) throw new AwsError('ValidationException', unsupportedMessage(`the target's ${other}`));
  checkName(read.text(target, 'Id'), NAME);
  const arn = read.text(target, 'Arn');
  if (queueOfArn(arn) === null) {
    throw new AwsError(
      'ValidationException',
      unsupportedMessage(`the target ${arn}: it must be an SQS queue`),
    );
  }
  const path = read.maybeText(target, 'InputPath');
  if (path !== undefined && pick({}, path) === null) {
    throw new AwsError('ValidationException', unsupportedMessage(`the InputPath ${path}`));
  }
  if (path !== undefined && target.Input !== undefined) {
    throw new AwsError(
      'ValidationException',
      `Only one of Input, InputPath or InputTransformer must be provided.`,
    );
  }
}

function page<T>(
  all: readonly T[],
  nameOf: (item: T) => string,
  input: Input,
  prefixField?: string,
): { items: T[]; NextToken: string | undefined } {
  const prefix = (prefixField && read.maybeText(input, prefixField)) ?? '';
  const most = read.maybeWhole(input, 'Limit', 1, 100) ?? 100;
  const after = read.maybeText(input, 'NextToken');
  const rest = all
    .filter((item) => nameOf(item).startsWith(prefix) && (after === undefined || nameOf(item) > after))
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const items = rest.slice(0, most);
  return { items, NextToken: rest.length > most ? nameOf(items.at(-1) as T) : undefined };
}
