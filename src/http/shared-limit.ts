import type { HttpError } from './errors.ts';

export interface SharedLimitOptions {
  /** What all clients may have together. */
  readonly total: number;
  /** What one client may have. */
  readonly perClient: number;
  /** The refusal when all together have too much. */
  readonly totalReached: () => HttpError;
  /** The refusal when one client has too much. */
  readonly perClientReached: () => HttpError;
}

/** What one request has of it. */
export interface Share {
  /** @throws HttpError when there is not so much left */
  readonly grow: (amount: number) => void;
  /** Gives everything back, for good. */
  readonly release: () => void;
}

/**
 * Something of which there is only so much for all clients together, and a part of it for each: memory
 * that uploads arrive in, or places to wait for an answer.
 */
export class SharedLimit {
  readonly #options: SharedLimitOptions;
  readonly #ofClient = new Map<string, number>();
  #used = 0;

  constructor(options: SharedLimitOptions) {
    this.#options = options;
  }

  share(client: string): Share {
    let held = 0;
    let isReleased = false;
    return {
      grow: (amount) => {
        if (isReleased) return;
        this.#take(client, amount);
        held += amount;
      },
      release: () => {
        isReleased = true;
        this.#giveBack(client, held);
        held = 0;
      },
    };
  }

  #take(client: string, amount: number): void {
    const { total, perClient, totalReached, perClientReached } = this.#options;
    const ofClient = (this.#ofClient.get(client) ?? 0) + amount;
    if (ofClient > perClient) throw perClientReached();
    if (this.#used + amount > total) throw totalReached();
    this.#used += amount;
    this.#ofClient.set(client, ofClient);
  }

  #giveBack(client: string, amount: number): void {
    this.#used -= amount;
    const left = (this.#ofClient.get(client) ?? 0) - amount;
    if (left > 0) this.#ofClient.set(client, left);
    else this.#ofClient.delete(client);
  }
}
