import { inProcess } from './clients.ts';
import { sqsContract } from './sqs.contract.ts';

sqsContract('in process', inProcess);
