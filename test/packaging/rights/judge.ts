import { runSimulation } from '@cloud-copilot/iam-simulate';
import { ACCOUNT } from '../../../local/aws/identity.ts';
import type { Right } from '../../../local/aws/index.ts';
import type { Policy } from './policies.ts';

/** What IAM says of one right. */
export interface Verdict {
  allowed: boolean;
  /** Names of the statements that allow it. */
  by: string[];
}

/** Asks for a right as a service, or as the role of a function. */
export interface Question extends Right {
  principal: string;
  identity: Policy | null;
  /** The policy of what is asked for. */
  onResource?: Policy;
}

/** The verdict of iam-simulate, which also checks that the action, the kind of resource and the policies exist. */
export async function verdictOn(question: Question): Promise<Verdict> {
  const { principal, identity, onResource, action, resource, context = {} } = question;
  const result = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: { 'aws:SecureTransport': 'true', ...context },
      },
      identityPolicies: identity === null ? [] : [{ name: 'role', policy: identity }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(onResource ? { resourcePolicy: onResource } : {}),
    },
    {},
  );
  if (result.resultType === 'error') {
    throw new Error(`iam-simulate can't judge ${action} on ${resource}: ${JSON.stringify(result.errors)}`);
  }
  if (result.resultType !== 'single') throw new Error(`${action} on ${resource} is not one question`);
  const statements = result.result.analysis.identityAnalysis?.allowStatements ?? [];
  return {
    allowed: result.overallResult === 'Allowed',
    by: statements.map(({ statement }) => String(statement.sid())),
  };
}

export const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;

/** What was asked for in a run, each question once. */
export interface Asked extends Right, Verdict {
  principal: string;
}

/** A judge for the in-process AWS by the policies of roles; it remembers what was asked and how it decided. */
export function rememberingJudge(policies: Record<string, Policy>, onBucket: Policy) {
  const asked = new Map<string, Promise<Asked>>();
  return {
    asked: async (): Promise<Asked[]> => Promise.all(asked.values()),
    async judge(principal: string, right: Right): Promise<boolean> {
      const { action, resource, context } = right;
      const question = `${principal} ${action} ${resource} ${JSON.stringify(context ?? {})}`;
      let found = asked.get(question);
      if (found === undefined) {
        const onResource = action.startsWith('s3:') ? { onResource: onBucket } : {};
        const identity = policies[principal]!;
        found = verdictOn({ principal: roleArn(principal), identity, ...onResource, ...right }).then(
          (verdict) => ({ principal, ...right, ...verdict }),
        );
        asked.set(question, found);
      }
      return (await found).allowed;
    },
  };
}
