import type { WireAnswer, WireCall } from '../aws-recorder.ts';
import { isAction } from '../provision/stage.ts';

/**
 * What moto's instances do not do: one that was told to stop is stopping for as long as its worker
 * lives, and one that is terminated meanwhile takes it along, with the photo in its hands.
 */
export class HonestStates {
  /** Instances whose worker was cut off. */
  readonly cutOff: string[] = [];
  readonly #workers: () => ReadonlyMap<string, number>;

  /** @param workers - process ids of those that live, by instance id */
  constructor(workers: () => ReadonlyMap<string, number>) {
    this.#workers = workers;
  }

  /** To be asked before a call goes out. */
  answer(call: WireCall): WireAnswer | undefined {
    if (call.service !== 'ec2' || !isAction(call, 'TerminateInstances')) return undefined;
    for (const [, id] of new URLSearchParams(call.body)) {
      const pid = this.#workers().get(id);
      if (pid === undefined) continue;
      this.cutOff.push(id);
      process.kill(pid, 'SIGKILL');
    }
    return undefined;
  }

  /** What is told of moto's answer. */
  told(call: WireCall, answer: string): string | undefined {
    if (call.service !== 'ec2' || !isAction(call, 'DescribeInstances')) return undefined;
    let told = answer;
    for (const id of this.#workers().keys()) {
      const stopped = new RegExp(
        `(<instanceId>${id}</instanceId>(?:(?!<instanceState>)[^])*<instanceState>\\s*)` +
          '<code>80</code>(\\s*)<name>stopped<',
      );
      told = told.replace(stopped, '$1<code>64</code>$2<name>stopping<');
    }
    return told;
  }
}

/** Follows the messages of a queue: who waits for the visibility timeout is received without a word. */
export class FollowedMessages {
  /** How often each was received, by its id. */
  readonly received = new Map<string, number>();
  /** How often one was made visible again at once. */
  givenBack = 0;
  readonly #queue: string;
  /** Message ids by receipt handle. */
  readonly #receipts = new Map<string, string>();
  readonly #expected = new Map<string, number>();

  constructor(queue: string) {
    this.#queue = queue;
  }

  /** Messages that were hidden until their time ran out, for nobody gave them back. */
  get timedOut(): string[] {
    return [...this.received].flatMap(([id, times]) =>
      times > 1 + (this.#expected.get(id) ?? 0) ? [id] : [],
    );
  }

  heard({ service, target = '', body }: WireCall, answer: string): void {
    if (service !== 'sqs') return;
    const { QueueUrl = '', ...call } = JSON.parse(body) as Call;
    if (!QueueUrl.endsWith(`/${this.#queue}`)) return;
    if (target.endsWith('.ReceiveMessage')) {
      const { Messages = [] } = JSON.parse(answer) as { Messages?: Received[] };
      for (const { MessageId, ReceiptHandle } of Messages) {
        this.#receipts.set(ReceiptHandle, MessageId);
        this.received.set(MessageId, (this.received.get(MessageId) ?? 0) + 1);
      }
    }
    if (!/\.ChangeMessageVisibility(Batch)?$/.test(target)) return;
    for (const { ReceiptHandle = '', VisibilityTimeout } of call.Entries ?? [call]) {
      const id = this.#receipts.get(ReceiptHandle);
      if (VisibilityTimeout !== 0 || id === undefined) continue;
      this.givenBack += 1;
      this.#expected.set(id, (this.#expected.get(id) ?? 0) + 1);
    }
  }
}

interface Received {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
}

interface Visibility {
  readonly ReceiptHandle?: string;
  readonly VisibilityTimeout?: number;
}

interface Call extends Visibility {
  readonly QueueUrl?: string;
  readonly Entries?: readonly Visibility[];
}
