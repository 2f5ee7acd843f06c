import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AwsError, systemCode, unsupportedMessage } from '../../aws/errors.ts';
import { uniqueId } from '../../aws/files/whole.ts';
import { inputReader } from '../../aws/input.ts';
import type { Operation } from '../../aws/json.ts';
import { INVALID, invalid } from './errors.ts';

const read = inputReader(INVALID);

export interface WorkGroup {
  name: string;
  output: string | null;
  /** Whether its output location overrides a query's own. */
  enforced: boolean;
  description: string | null;
  created: number;
}

/** Work groups as files. `primary` is always there. */
export class WorkGroups {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get(name: string): WorkGroup {
    if (/^[\w.-]{1,128}$/.test(name)) {
      try {
        return JSON.parse(readFileSync(join(this.#folder, `${name}.json`), 'utf8')) as WorkGroup;
      } catch (error) {
        if (systemCode(error) !== 'ENOENT') throw error;
      }
    }
    if (name === 'primary') return { name, output: null, enforced: false, description: null, created: 0 };
    throw invalid('WorkGroup is not found.');
  }

  create(group: WorkGroup): void {
    if (!/^[\w.-]{1,128}$/.test(group.name))
      throw invalid('Name must have 1 to 128 letters, digits, dots, underscores or hyphens.');
    const path = join(this.#folder, `${group.name}.json`);
    const temporary = join(this.#folder, `.${uniqueId()}`);
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(temporary, JSON.stringify(group), { flag: 'wx' });
    try {
      if (group.name === 'primary') throw Object.assign(new Error(), { code: 'EEXIST' });
      linkSync(temporary, path);
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
      throw invalid('WorkGroup is already created.');
    } finally {
      unlinkSync(temporary);
    }
  }
}

/** GetWorkGroup and CreateWorkGroup, as far as queries need them. */
export function workGroupOperations(groups: WorkGroups, now: () => number): { [name: string]: Operation } {
  return {
    GetWorkGroup: {
      accepts: ['WorkGroup'],
      run(input) {
        const g = groups.get(read.text(input, 'WorkGroup'));
        return {
          WorkGroup: {
            Name: g.name,
            State: 'ENABLED',
            Description: g.description ?? undefined,
            CreationTime: g.created,
            Configuration: {
              ResultConfiguration: g.output === null ? {} : { OutputLocation: g.output },
              EnforceWorkGroupConfiguration: g.enforced,
              PublishCloudWatchMetricsEnabled: false,
              EngineVersion: {
                SelectedEngineVersion: 'AUTO',
                EffectiveEngineVersion: 'Athena engine version 3',
              },
            },
          },
        };
      },
    },
    CreateWorkGroup: {
      accepts: ['Name', 'Description', 'Configuration', 'Tags'],
      run(input) {
        const configuration = read.maybeRecord(input, 'Configuration') ?? {};
        for (const field of Object.keys(configuration))
          if (
            ![
              'ResultConfiguration',
              'EnforceWorkGroupConfiguration',
              'EngineVersion',
              'PublishCloudWatchMetricsEnabled',
            ].includes(field)
          )
            throw new AwsError(INVALID, unsupportedMessage(`the parameter Configuration.${field}`));
        const result = read.maybeRecord(configuration, 'ResultConfiguration') ?? {};
        groups.create({
          name: read.text(input, 'Name'),
          output: read.maybeText(result, 'OutputLocation') ?? null,
          enforced: configuration.EnforceWorkGroupConfiguration !== false,
          description: read.maybeText(input, 'Description') ?? null,
          created: now(),
        });
        return {};
      },
    },
  };
}
