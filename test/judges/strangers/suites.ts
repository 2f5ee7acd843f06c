import { eventsContract } from '../../contract/events.contract.ts';
import { glueContract } from '../../contract/glue.contract.ts';
import { s3KeysContract } from '../../contract/s3.keys.contract.ts';
import { s3ObjectsContract } from '../../contract/s3.objects.contract.ts';
import { sqsContract } from '../../contract/sqs.contract.ts';
import { remote } from './remote.ts';

s3ObjectsContract('objects', remote);
s3KeysContract('keys', remote);
sqsContract('queues', remote);
eventsContract('events', remote);
glueContract('catalog', remote);
