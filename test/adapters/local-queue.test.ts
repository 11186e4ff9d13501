import { localQueueHarness } from './local-queue-harness.ts';
import { queueContract } from './queue-contract.ts';

queueContract('lmdb', localQueueHarness);
