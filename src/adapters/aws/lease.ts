import { type Clock, sleep } from '../../bus/clock.ts';
import { NoSuchKeyError, PreconditionFailedError } from '../../bus/errors.ts';
import type { ObjectStore, ObjectVersion } from '../../bus/store.ts';

export interface LeaseOptions {
  readonly store: Pick<ObjectStore, 'get' | 'put' | 'delete' | 'list'>;
  readonly key: string;
  /** Of this process alone: no other may ever have had it. */
  readonly holder: string;
  readonly clock: Clock;
  /**
   * Milliseconds from any beginning, on a clock that nobody sets and that goes on while the machine
   * is suspended: `os.uptime() * 1000`, not `performance.now()`.
   */
  readonly monotonic: () => number;
  readonly onAcquired: () => void;
  /** It is ours no longer, and nobody else's yet; also called when it is released. */
  readonly onLost: () => void;
  /** It could not be read or written; that is tried again. */
  readonly onFailure: (error: unknown) => void;
}

/** How long nobody else takes it after it was renewed. */
export const LEASE_MS = 30_000;

/** How often it is renewed, or looked at by those who wait for it. */
const RENEW_MS = 5000;

/** How much sooner its holder gives it up than others take it: clocks run at rates of their own. */
const MARGIN_MS = 3000;

/** What lies in the store. */
interface Claim {
  readonly holder: string;
  /** Makes each renewal another object: an ETag follows from the content. */
  readonly renewal: number;
  readonly isReleased: boolean;
}

interface Seen extends ObjectVersion {
  readonly claim: Claim;
  /** When it was first seen, on our own monotonic clock. */
  readonly since: number;
}

/**
 * One of many processes holds the lease, by an object that only conditional writes change. It has
 * run out for whoever has seen the same ETag for as long as it lasts, on that one's own clock, so
 * that nobody's clock has to be right ("leases": Gray and Cheriton, 1989). The holder counts from
 * before its last renewal was sent, and so gives up first.
 */
export class Lease {
  readonly #options: LeaseOptions;
  readonly #stopped = new AbortController();
  #running: Promise<void> = Promise.resolve();
  /** The object as we know it; undefined when there is none. */
  #seen: Seen | undefined;
  #renewal = 0;
  /** Until when it is ours, on the monotonic clock; undefined when it is not. */
  #heldUntil: number | undefined;
  #expiry: unknown;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  /** Tries to get the lease, and to keep it, until it is released. */
  start(): void {
    this.#running = this.#run();
  }

  /** Whether it will be ours for `ms` milliseconds more, whatever happens. */
  isHeldFor(ms: number): boolean {
    return this.#heldUntil !== undefined && this.#options.monotonic() + ms < this.#heldUntil;
  }

  /** Gives it up, so that another one need not wait until it has run out. */
  async release(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
    if (!this.isHeldFor(0)) return;
    this.#lose();
    try {
      await this.#write({ isReleased: true });
    } catch (error) {
      this.#options.onFailure(error);
    }
  }

  async #run(): Promise<void> {
    const { clock, onFailure } = this.#options;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      try {
        await this.#round();
      } catch (error) {
        onFailure(error);
      }
      await sleep(clock, RENEW_MS, signal);
    }
  }

  async #round(): Promise<void> {
    if (!this.isHeldFor(0)) {
      this.#lose();
      await this.#look();
      if (!this.#isFree()) return;
    }
    const isRenewal = this.isHeldFor(0);
    const before = this.#seen?.versionId;
    const sentAt = this.#options.monotonic();
    try {
      await this.#write({ isReleased: false });
    } catch (error) {
      // Somebody else has written, or we ourselves by a write whose answer was lost.
      if (!(error instanceof PreconditionFailedError)) throw error;
      await this.#look();
      if (this.#seen?.claim.holder !== this.#options.holder) this.#lose();
      return;
    }
    this.#hold(sentAt + LEASE_MS - MARGIN_MS);
    // The bucket keeps versions, but nobody wants to know who held the lease every five seconds.
    if (!isRenewal) await this.#eraseFormer();
    else if (before !== undefined) await this.#erase(before);
  }

  /** Erases every version before our own: also what a lost answer or a failed call left behind. */
  async #eraseFormer(): Promise<void> {
    const { store, key } = this.#options;
    const own = this.#seen?.versionId;
    let isFormer = false;
    for await (const entry of store.list({ prefix: key, allVersions: true })) {
      if (entry.key !== key) continue;
      if (isFormer) await this.#erase(entry.versionId);
      isFormer ||= entry.versionId === own;
    }
  }

  #erase(versionId: string): Promise<void> {
    const { store, key } = this.#options;
    return store.delete(key, { versionId });
  }

  /** Reads the object, and notes since when it has been as it is. */
  async #look(): Promise<void> {
    const { store, key, monotonic } = this.#options;
    try {
      const { etag, versionId, body } = await store.get(key);
      if (this.#seen?.etag === etag) return;
      const claim = JSON.parse(Buffer.from(body).toString()) as Claim;
      this.#seen = { etag, versionId, claim, since: monotonic() };
    } catch (error) {
      if (!(error instanceof NoSuchKeyError)) throw error;
      this.#seen = undefined;
    }
  }

  #isFree(): boolean {
    const { holder, monotonic } = this.#options;
    if (this.#seen === undefined) return true;
    const { claim, since } = this.#seen;
    return claim.isReleased || claim.holder === holder || monotonic() - since >= LEASE_MS;
  }

  /** Writes over what was seen, and over nothing else. */
  async #write({ isReleased }: Pick<Claim, 'isReleased'>): Promise<void> {
    const { store, key, holder, monotonic } = this.#options;
    const claim: Claim = { holder, renewal: ++this.#renewal, isReleased };
    const etag = this.#seen?.etag;
    const version = await store.put(key, Buffer.from(JSON.stringify(claim)), {
      contentType: 'application/json',
      ...(etag === undefined ? { ifNoneMatch: '*' } : { ifMatch: etag }),
    });
    this.#seen = { ...version, claim, since: monotonic() };
  }

  #hold(until: number): void {
    const { clock, monotonic, onAcquired } = this.#options;
    const remaining = until - monotonic();
    if (remaining <= 0) return;
    const isNew = this.#heldUntil === undefined;
    this.#heldUntil = until;
    clock.clearTimeout(this.#expiry);
    this.#expiry = clock.setTimeout(() => this.#lose(), remaining);
    if (isNew) onAcquired();
  }

  #lose(): void {
    if (this.#heldUntil === undefined) return;
    this.#heldUntil = undefined;
    this.#options.clock.clearTimeout(this.#expiry);
    this.#options.onLost();
  }
}
