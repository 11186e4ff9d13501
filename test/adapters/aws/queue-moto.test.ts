import { describe } from 'vitest';

import { isMotoInstalled } from '../../moto.ts';
import { queueContract } from '../queue-contract.ts';
import { useMoto } from './environment.ts';
import { MOTO_QUEUE } from './moto-peculiarities.ts';
import { awsQueueHarness } from './queue-harness.ts';

describe.skipIf(!isMotoInstalled)('on moto', () => {
  useMoto('sqs');
  queueContract('SQS (moto)', awsQueueHarness, MOTO_QUEUE);
});
