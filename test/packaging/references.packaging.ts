import { expect, test } from 'vitest';
import { template } from './package-folder.ts';

const whole = template() as unknown as Record<string, Record<string, unknown>>;
const Resources = template().Resources;

/** Names that a part of the template asks for, with the attribute where one is. */
function asked(value: unknown): { id: string; attribute: string | null }[] {
  if (Array.isArray(value)) return value.flatMap(asked);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (name === 'Ref') return [{ id: String(inner), attribute: null }];
    if (name === 'Fn::GetAtt') {
      const [id, attribute] = Array.isArray(inner) ? inner : String(inner).split('.');
      return [{ id, attribute }];
    }
    if (name === 'Fn::Sub' && typeof inner === 'string') {
      return [...inner.matchAll(/\$\{([\w:]+)(?:\.(\w+))?\}/g)].map(([, id, attribute]) => ({
        id: id!,
        attribute: attribute ?? null,
      }));
    }
    return asked(inner);
  });
}

test('every reference names a resource of the template', () => {
  const names = asked([whole['Resources'], whole['Outputs']]);
  expect(names.length).toBeGreaterThan(150);
  const unknown = names.filter(({ id }) => Resources[id] === undefined && !id.startsWith('AWS::'));
  expect(unknown).toEqual([]);
});

/** Where an ARN is asked for. A `Ref` of these gives a name or a URL, which CloudFormation takes and AWS refuses. */
const NO_ARN_BY_REF = new Set([
  'AWS::SQS::Queue',
  'AWS::Lambda::Function',
  'AWS::S3::Bucket',
  'AWS::Events::EventBus',
  'AWS::Events::Rule',
  'AWS::IAM::Role',
]);

/** Every value of a property whose name says that it is an ARN, or a resource of a policy, with its path. */
function arns(value: unknown, path: string): [string, unknown][] {
  if (Array.isArray(value)) return value.flatMap((one, i) => arns(one, `${path}.${i}`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
    const here = `${path}.${name}`;
    const isArn = /(Arn|^Role|^Resource|SourceArn|deadLetterTargetArn)$/.test(name);
    return isArn ? (Array.isArray(inner) ? inner : [inner]).map((one) => [here, one]) : arns(inner, here);
  });
}

test('where an ARN is asked for, no resource is named by its Ref', () => {
  const found = arns(whole['Resources'], '');
  expect(found.length).toBeGreaterThan(80);
  const wrong = found.filter(([, one]) => {
    const id = (one as { Ref?: string } | null)?.Ref;
    return id !== undefined && NO_ARN_BY_REF.has(Resources[id]?.Type ?? '');
  });
  expect(wrong).toEqual([]);
});
