import { startFauxqs } from 'fauxqs';
import { afterAll, beforeAll } from 'vitest';

import { queueContract } from '../queue-contract.ts';
import { useEndpoint } from './environment.ts';
import { awsQueueHarness } from './queue-harness.ts';

let fauxqs: Awaited<ReturnType<typeof startFauxqs>>;
beforeAll(async () => {
  fauxqs = await startFauxqs({ port: 0, logger: false });
  useEndpoint(`http://127.0.0.1:${fauxqs.port}`);
});
afterAll(() => fauxqs.stop());

queueContract('SQS (fauxqs)', awsQueueHarness, {
  refusesAstralText: true,
  extendsVisible: true,
});
