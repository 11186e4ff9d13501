import { toPromise } from 'xstate';

import type { Clock } from '../bus/clock.ts';
import { decodeReply, type Outcome, type RecognitionReply } from '../bus/messages.ts';
import { consumeQueue } from '../bus/queue-consumer.ts';
import type { Message, MessageQueue } from '../bus/queue.ts';
import type { ObjectStore } from '../bus/store.ts';
import type { TraceContext, Tracer } from '../bus/tracing.ts';
import { eraseEnrolment, eraseLeftEnrolments } from './enrolment-files.ts';
import { analysePhoto, type PhotoToAnalyse } from './photo-analysis.ts';
import { sendAgain, sendToRecognise } from './photo-messages.ts';
import { RecentRequests, type RequestEntry } from './recent-requests.ts';
import { type KnownRequest, RequestHistory } from './request-history.ts';
import type { RequestJournal } from './request-journal.ts';
import { RequestRecords } from './request-records.ts';
import { RequestAbandonedError, type RequestActor, RequestExpiredError } from './request.ts';
import type { Traffic } from './traffic.ts';
import { type NewRequest, WaitingRequests } from './waiting-requests.ts';

export interface WebTierPorts {
  readonly clock: Clock;
  readonly requests: Pick<MessageQueue, 'send' | 'maxMessageBytes' | 'purge'>;
  readonly replies: MessageQueue;
  readonly deadLetters: Pick<MessageQueue, 'purge'>;
  readonly inputBucket: ObjectStore;
  readonly outputBucket: ObjectStore;
  readonly galleryBucket: ObjectStore;
  /** Keeps the latest requests over a restart; without one they are known in memory alone. */
  readonly journal?: RequestJournal | undefined;
  /** How long a client waits for its answer, in milliseconds. */
  readonly deadlineMs: number;
  /** Hears of every photo that is queued, and how long its answer took, in milliseconds. */
  readonly traffic?: Pick<Traffic, 'arrived' | 'answered'> | undefined;
  /** Hears how long each stage of a photo's way took, in milliseconds. */
  readonly onStage: (stage: string, ms: number) => void;
  /** What went wrong behind the clients' backs, for the log; the web tier goes on by itself. */
  readonly onFailure: (
    step: 'readReplies' | 'keepPending' | 'eraseLeft' | 'readJournal',
    error: unknown,
    /** Whose, where that is known. */
    requestId?: string,
  ) => void;
  /** Hears of the steps of every photo, when they are traced. */
  readonly tracer?: Tracer | undefined;
}

export interface Upload extends NewRequest {
  readonly photo: Uint8Array;
  /** The span of the HTTP request, when it is traced. */
  readonly trace?: TraceContext | undefined;
}

export interface Answer {
  readonly id: string;
  readonly outcome: Outcome;
}

/** A photo that was handed to the request queue. */
export interface QueuedPhoto {
  /**
   * Waits for the answer.
   * @throws RequestExpiredError, RequestPurgedError, RequestAbandonedError, or what the queue threw
   */
  answer(): Promise<Answer>;
}

/**
 * `queues`: what waits, is in hand, or was given up, and every client that waits is told. `buckets`:
 * every version of every photo and every result.
 */
export type Purgeable = 'queues' | 'buckets';

export interface WebTier {
  /**
   * Resolves when the photo is queued, which is when it is durable; nothing here holds its bytes then.
   * `signal` tells that the client has gone.
   */
  readonly queue: (upload: Upload, signal: AbortSignal) => Promise<QueuedPhoto>;
  /**
   * Has a worker look at a photo that somebody is to be enrolled with; what it found is encoded by
   * `people/photo-analysis.ts`. Nothing is left of either in the end.
   * @throws PhotoRejectedError, AnalysisExpiredError, RequestPurgedError, RequestAbandonedError, or what
   *   queue and bucket threw
   */
  readonly analyse: (photo: PhotoToAnalyse, signal: AbortSignal) => Promise<Uint8Array>;
  /** What is known of a request, by this web tier or by the output bucket. */
  readonly find: (id: string) => Promise<KnownRequest | undefined>;
  /** The photo of one of the latest requests, where it was stored and is still there. */
  readonly photo: (id: string) => Promise<Uint8Array | undefined>;
  /** Sends the stored photo of a request again, under a new id; whether there is one. */
  readonly retry: (id: string, newId: string) => Promise<boolean>;
  /** The latest requests that came to this web tier, and those of before it was started, latest first. */
  readonly list: () => readonly RequestEntry[];
  /** Empties a part of the world for good; never the gallery. */
  readonly purge: (what: Purgeable) => Promise<void>;
  /** Stops reading replies; requests that still wait end by their deadlines. */
  stop(): Promise<void>;
}

/** The web tier's parts: a request that waits for each upload, and the one consumer that answers them. */
export function startWebTier(ports: WebTierPorts): WebTier {
  const records = new RequestRecords(ports.outputBucket, ports.clock);
  const recent = new RecentRequests((entry) => ports.journal?.add(entry));
  const history = new RequestHistory({ recent, records, inputBucket: ports.inputBucket });
  const waiting = new WaitingRequests({
    clock: ports.clock,
    deadlineMs: ports.deadlineMs,
    onSent(id, ms) {
      ports.traffic?.arrived();
      ports.onStage('send', ms);
      recent.stage(id, 'send', ms);
    },
    onAnswered: (ms) => ports.traffic?.answered(ms),
  });
  let isRemembering = true;

  const consumer = consumeQueue({
    clock: ports.clock,
    queue: ports.replies,
    handle: deliver,
    onFailure: (error) => ports.onFailure('readReplies', error),
  });

  async function deliver(message: Message): Promise<void> {
    const reply = readReply(message);
    if (reply === undefined) return;
    const { id, kind, fileName, outcome, stages = {} } = reply;
    if (kind === 'enrol') {
      if (!waiting.answer(id, outcome)) await eraseEnrolment(ports.galleryBucket, id);
      return;
    }
    for (const [stage, ms] of Object.entries(stages)) ports.onStage(stage, ms);
    recent.end(id, fileName, { at: ports.clock.now(), outcome, stages, photo: reply.photo });
    // The client was sent away, or this web tier was started anew: it may ask by the request's id.
    if (!waiting.answer(id, outcome)) await records.keep({ id, fileName, ...outcome });
  }

  /** A reply that nobody can read is reported, and deleted like the others: it would only come back. */
  function readReply({ body }: Message): RecognitionReply | undefined {
    try {
      return decodeReply(body);
    } catch (error) {
      ports.onFailure('readReplies', error);
      return undefined;
    }
  }

  async function queue(upload: Upload, signal: AbortSignal): Promise<QueuedPhoto> {
    recent.begin(upload.id, upload.fileName, ports.clock.now());
    return answerable(await waiting.begin(upload, () => sendToRecognise(ports, upload), signal));
  }

  /** Apart from what sends the photo: a closure beside that would hold its bytes. */
  const answerable = (request: RequestActor): QueuedPhoto => ({
    answer: () => answerOf(request),
  });

  async function answerOf(request: RequestActor): Promise<Answer> {
    const output = await toPromise(request);
    const { id, fileName } = request.getSnapshot().context;
    if (!('error' in output)) return { id, outcome: output.outcome };
    if (output.error instanceof RequestExpiredError) {
      await records
        .keepPending(id, fileName)
        .catch((error: unknown) => ports.onFailure('keepPending', error, id));
    } else if (!(output.error instanceof RequestAbandonedError)) {
      recent.fail(id, fileName, output.error, ports.clock.now());
    }
    throw output.error;
  }

  const analyse: WebTier['analyse'] = (photo, signal) =>
    analysePhoto(ports, photo, (sent, send) => waiting.begin(sent, send, signal));

  async function retry(id: string, newId: string): Promise<boolean> {
    const { photo: location, record } = recent.find(id) ?? {};
    if (location === undefined || record === undefined) return false;
    const again = { id: newId, fileName: record.fileName };
    recent.begin(newId, again.fileName, ports.clock.now());
    const nobody = new AbortController();
    const request = await waiting.begin(
      again,
      () => sendAgain(ports, again, location),
      nobody.signal,
    );
    // Whoever wants to know asks by the id.
    answerOf(request).catch(() => {});
    return true;
  }

  async function purge(what: Purgeable): Promise<void> {
    if (what === 'buckets') {
      isRemembering = false;
      const empty = () => Promise.all([ports.inputBucket.purge(), ports.outputBucket.purge()]);
      await (ports.journal ? ports.journal.purgedBy(empty) : empty());
      recent.clear();
      return;
    }
    const underWay = recent.pending();
    await waiting.purgedBy(() =>
      Promise.all([ports.requests, ports.replies, ports.deadLetters].map((queue) => queue.purge())),
    );
    recent.purge(underWay, ports.clock.now());
    await records.keepPurge();
  }

  /** Until they are there, which may take a while on S3, the list is short of them. */
  async function remember(journal: RequestJournal): Promise<void> {
    for await (const entries of journal.read()) {
      if (!isRemembering) return;
      recent.restore(entries);
      if (recent.isFull) return;
    }
  }

  if (ports.journal) {
    remember(ports.journal).catch((error: unknown) => ports.onFailure('readJournal', error));
  }
  eraseLeftEnrolments(ports.galleryBucket, ports.clock).catch((error: unknown) =>
    ports.onFailure('eraseLeft', error),
  );

  return {
    queue,
    analyse,
    find: (id) => history.find(id, waiting.has(id)),
    photo: (id) => history.photo(id),
    retry,
    list: () => recent.list(),
    purge,
    async stop() {
      isRemembering = false;
      await consumer.stop();
      await ports.journal?.write();
    },
  };
}
