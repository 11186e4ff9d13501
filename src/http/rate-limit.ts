import { HttpError } from './errors.ts';

export interface RateLimitOptions {
  /** Requests that may come at once. */
  readonly burst: number;
  /** How many more may come each second. */
  readonly perSecond: number;
  /** Seconds, on any clock that does not jump. */
  readonly now?: () => number;
}

interface Bucket {
  tokens: number;
  /** When it had so many. */
  at: number;
}

/** Clients that are remembered; one that was quiet for long has a full bucket anyway. */
const REMEMBERED = 10_000;

/** Lets each client do so much and no more: a token bucket (Turner 1986) for each. */
export class RateLimit {
  readonly #options: Required<RateLimitOptions>;
  /** Those that were quiet for longest first. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: RateLimitOptions) {
    this.#options = { now: () => performance.now() / 1000, ...options };
  }

  /** Takes a token. @throws HttpError when there is none left */
  take(client: string): void {
    const bucket = this.#filled(client);
    if (bucket.tokens < 1) throw tooManyRequests();
    bucket.tokens--;
  }

  #filled(client: string): Bucket {
    const { burst, perSecond, now } = this.#options;
    const at = now();
    const before = this.#buckets.get(client) ?? { tokens: burst, at };
    const bucket = { tokens: Math.min(burst, before.tokens + (at - before.at) * perSecond), at };
    this.#buckets.delete(client);
    this.#buckets.set(client, bucket);
    const [quietest] = this.#buckets.keys();
    if (this.#buckets.size > REMEMBERED && quietest !== undefined) this.#buckets.delete(quietest);
    return bucket;
  }
}

const tooManyRequests = (): HttpError =>
  new HttpError(
    'too_many_requests',
    'Too many requests came from you lately. Send fewer a second.',
  );
