import { athenaQueriesContract } from './athena.queries.contract.ts';
import { athenaStatementsContract } from './athena.statements.contract.ts';
import { inProcess } from './clients.ts';

athenaQueriesContract('in process', inProcess);
athenaStatementsContract('in process', inProcess);
