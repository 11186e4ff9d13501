import { ask } from '../api.ts';
import type { Face as PlainFace, Failure } from '../recognise.ts';

export interface Face extends PlainFace {
  /** Who looks most like it, nearest first. */
  readonly nearest?: readonly { readonly name: string; readonly similarity: number }[];
}

/** A photo's request as `/v1/requests` has it; times in milliseconds since the Unix epoch. */
export interface RequestRecord {
  readonly id: string;
  readonly fileName: string;
  readonly status: 'pending' | 'done' | 'failed';
  /** Largest first. */
  readonly faces?: readonly Face[];
  readonly error?: Failure;
  readonly receivedAt?: number;
  readonly answeredAt?: number;
  /** How long each took, in milliseconds. */
  readonly stages?: Readonly<Record<string, number>>;
  /** Where the photo is, when it was stored. */
  readonly photo?: string;
}

export interface RequestPage {
  readonly requests: readonly RequestRecord[];
  readonly next: number | null;
}

/** The latest requests that the query asks for, latest first. @throws ApiError */
export const listRequests = (query: Readonly<Record<string, string>>): Promise<RequestPage> =>
  ask('GET', `/v1/requests?${new URLSearchParams(query)}`);

/** Has the stored photo recognised again, as another request. @throws ApiError */
export const retryRequest = (id: string): Promise<{ readonly id: string }> =>
  ask('POST', `/v1/requests/${encodeURIComponent(id)}/retry`);
