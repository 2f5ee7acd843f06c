import { AwsError } from '../errors.ts';
import type { AttributeValue } from '../sqs/attributes.ts';
import type { LocalSqs } from '../sqs/service.ts';
import { asJson, type BusEvent, pick } from './event.ts';
import { type Rule, type Rules, ruleArn, type Target } from './rules.ts';

/** Takes events to the targets of the rules that match them. Durable when it returns. */
export class Delivery {
  readonly #rules: Rules;
  readonly #sqs: LocalSqs;

  constructor(rules: Rules, sqs: LocalSqs) {
    this.#rules = rules;
    this.#sqs = sqs;
  }

  /** The enabled rules of a bus that match. */
  matching(bus: string, event: BusEvent): Rule[] {
    const json = asJson(event);
    return this.#rules
      .rulesOf(bus)
      .filter((rule) => rule.enabled && rule.targets.length > 0 && this.#rules.compiled(rule.pattern)(json));
  }

  deliver(bus: string, event: BusEvent): void {
    for (const rule of this.matching(bus, event)) {
      for (const target of rule.targets) this.#toTarget(rule, target, event);
    }
  }

  /** An event that its target can't take goes to the target's dead-letter queue, if it has one. */
  #toTarget(rule: Rule, target: Target, event: BusEvent): void {
    try {
      this.#sqs.deliver(target.Arn, { body: bodyFor(target, event) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const dlq = target.DeadLetterConfig?.Arn;
      if (dlq === undefined) return;
      const attributes = {
        RULE_ARN: text(ruleArn(rule.bus, rule.name)),
        TARGET_ARN: text(target.Arn),
        ERROR_CODE: text(error.code === 'QueueDoesNotExist' ? 'NO_RESOURCE' : 'SDK_CLIENT_ERROR'),
        ERROR_MESSAGE: text(error.message),
        RETRY_ATTEMPTS: { DataType: 'Number', StringValue: '0' },
      };
      try {
        this.#sqs.deliver(dlq, { body: JSON.stringify(event), attributes });
      } catch (second) {
        if (!(second instanceof AwsError)) throw second;
      }
    }
  }
}

function bodyFor(target: Target, event: BusEvent): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath === undefined) return JSON.stringify(event);
  return JSON.stringify(pick(asJson(event), target.InputPath) ?? null);
}

function text(value: string): AttributeValue {
  return { DataType: 'String', StringValue: value };
}
