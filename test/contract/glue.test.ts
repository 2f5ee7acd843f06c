import { inProcess } from './clients.ts';
import { glueContract } from './glue.contract.ts';

glueContract('in process', inProcess);
