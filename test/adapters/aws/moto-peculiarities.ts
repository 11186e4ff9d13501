import type { QueuePeculiarities } from '../queue-contract.ts';
import type { StorePeculiarities } from '../store-contract.ts';

/** In what moto is known to differ from AWS. */
export const MOTO_QUEUE: QueuePeculiarities = { deletesByStaleHandle: true, extendsVisible: true };

export const MOTO_STORE: StorePeculiarities = { unroutableKeys: ['a\nb'] };
