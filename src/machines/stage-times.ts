import type { Clock } from '../bus/clock.ts';
import type { RecognitionRequest } from '../bus/messages.ts';
import type { Message } from '../bus/queue.ts';
import { inSpan, type Span, type Tracer } from '../bus/tracing.ts';
import type { Job } from './worker-setup.ts';

/** Milliseconds by stage. */
export type Stages = Record<string, number>;

interface Way {
  readonly stages: Stages;
  readonly span: Span | undefined;
}

/** How long the stages of the photos in hand took; stages of one photo may overlap. */
export class StageTimes {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #tracer: Tracer | undefined;
  readonly #ways = new WeakMap<Message, Way>();

  constructor(clock: Pick<Clock, 'now'>, tracer: Tracer | undefined) {
    this.#clock = clock;
    this.#tracer = tracer;
  }

  /** The photo is in hand; until then it waited in the queue. */
  begin(message: Message, { id, trace: parent }: RecognitionRequest): void {
    // The queue's clock may be another machine's.
    const wait = Math.max(0, this.#clock.now() - message.sentAt);
    this.#tracer?.record('wait', wait, { parent });
    const span = this.#tracer?.start('process', {
      parent,
      kind: 'consumer',
      attributes: { 'facefleet.request_id': id, 'facefleet.receive_count': message.receiveCount },
    });
    this.#ways.set(message, { stages: { wait }, span });
  }

  /** Does the work of a stage. What fails is not measured. */
  async measure<T>({ message }: Job, stage: string, work: () => Promise<T>): Promise<T> {
    const start = this.#clock.now();
    const result = await this.trace(message, stage, work);
    this.#add(message, stage, this.#clock.now() - start);
    return result;
  }

  /** Does a step that is none of the reply's stages, for the reply has gone, or is on its way. */
  trace<T>(message: Message, step: string, work: () => Promise<T>): Promise<T> {
    return inSpan(this.#tracer, step, { parent: this.#contextOf(message) }, work);
  }

  /** Hears of the steps within a stage; those of several faces are added up. */
  stepsOf({ message }: Job): (step: string, ms: number) => void {
    const parent = this.#contextOf(message);
    return (step, ms) => {
      this.#add(message, step, ms);
      this.#tracer?.record(step, ms, { parent });
    };
  }

  /** What is known so far. */
  of(message: Message): Stages {
    return this.#ways.get(message)?.stages ?? {};
  }

  /** The photo is in hand no more. */
  end(message: Message): void {
    this.#ways.get(message)?.span?.end();
  }

  /** In tenths of a millisecond: no step is known any better. */
  #add(message: Message, stage: string, ms: number): void {
    const stages = this.of(message);
    stages[stage] = Math.round(((stages[stage] ?? 0) + ms) * 10) / 10;
  }

  #contextOf(message: Message) {
    return this.#ways.get(message)?.span?.context;
  }
}
