import { inProcess } from './clients.ts';
import { eventsContract } from './events.contract.ts';

eventsContract('in process', inProcess);
