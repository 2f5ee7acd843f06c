import { inProcess } from './clients.ts';
import { s3KeysContract } from './s3.keys.contract.ts';
import { s3ObjectsContract } from './s3.objects.contract.ts';

s3ObjectsContract('in process', inProcess);
s3KeysContract('in process', inProcess);
