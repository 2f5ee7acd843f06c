import { join } from 'node:path';
import type { Clock } from '../../../shared/core/clock.ts';
import { answerJson, type Dialect, type Operation } from '../json.ts';
import type { LocalRequest, LocalResponse, LocalService } from '../wire.ts';
import { Catalog } from './catalog.ts';
import { partitionOperations } from './partitions.ts';
import { tableOperations } from './tables.ts';

const DIALECT: Dialect = {
  contentType: 'application/x-amz-json-1.1',
  refusal: 'InvalidInputException',
  invalid: 'InvalidInputException',
};

/** The Glue Data Catalog over a folder: databases, tables and partitions. */
export class LocalGlue implements LocalService {
  readonly #operations: Record<string, Operation>;

  constructor(home: string, clock: Clock) {
    const catalog = new Catalog(join(home, 'glue.catalog'));
    const seconds = (): number => clock.now() / 1000;
    this.#operations = {
      ...tableOperations(catalog, seconds),
      ...partitionOperations(catalog, seconds),
    };
  }

  handle(request: LocalRequest): Promise<LocalResponse> {
    return answerJson(this.#operations, DIALECT, request);
  }
}
