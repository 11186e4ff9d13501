import type { RecognisePhotos } from '../recognise-photos.ts';
import type { RequestSource } from '../request-source.ts';
import { recognise } from '../routes/recognitions.ts';
import { listRequests } from '../routes/requests/list.ts';
import { requestPhoto } from '../routes/requests/photo.ts';
import { readRequest } from '../routes/requests/read.ts';
import { retryRequest } from '../routes/requests/retry.ts';
import type { Operation } from './operation.ts';

export interface RequestOperationParts {
  readonly recognisePhotos: RecognisePhotos;
  readonly requests: RequestSource;
  readonly checkRoom: (bytes: number) => Promise<void>;
}

/** Recognising photos, and what became of it. */
export const requestOperations = (parts: RequestOperationParts): Operation[] => [
  recognise(parts.recognisePhotos),
  listRequests(parts.requests),
  readRequest(parts.requests),
  requestPhoto(parts.requests),
  retryRequest(parts),
];
