import { memoryQueueHarness } from './memory-queue-harness.ts';
import { queueContract } from './queue-contract.ts';

queueContract('memory', memoryQueueHarness);
