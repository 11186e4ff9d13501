import { MessageTooLongError } from './errors.ts';
import type { ReceiveOptions, SendOptions } from './queue.ts';

// SQS's limits, which every queue keeps. Breaking one is a mistake in the program: a RangeError.

const MAX_MESSAGES = 10;
const MAX_WAIT_SECONDS = 20;
const MAX_VISIBILITY_SECONDS = 12 * 60 * 60;
const MAX_DELAY_SECONDS = 15 * 60;

/** What a queue takes unless it was made to take less: SQS's limit since August 2025. */
export const DEFAULT_MAX_MESSAGE_BYTES = 1024 * 1024;

const NAME = /^[A-Za-z0-9_-]{1,80}$/;

export const isQueueName = (name: string): boolean => NAME.test(name);

/** A message's size as queues count it: the body as UTF-8, plus attribute names and values. */
export function messageBytes(body: string, attributes: SendOptions['attributes'] = {}): number {
  let bytes = Buffer.byteLength(body);
  for (const [name, value] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  return bytes;
}

/** @throws MessageTooLongError */
export function checkSend(
  body: string,
  { attributes, delaySeconds = 0 }: SendOptions,
  maxMessageBytes: number,
): void {
  checkRange('delaySeconds', delaySeconds, 0, MAX_DELAY_SECONDS);
  const bytes = messageBytes(body, attributes);
  if (bytes > maxMessageBytes) throw new MessageTooLongError(bytes, maxMessageBytes);
}

export function checkReceive({ max, waitSeconds, visibilitySeconds }: ReceiveOptions): void {
  if (!Number.isInteger(max)) throw new RangeError(`max is ${max}; it must be a whole number.`);
  checkRange('max', max, 1, MAX_MESSAGES);
  checkRange('waitSeconds', waitSeconds, 0, MAX_WAIT_SECONDS);
  checkVisibility(visibilitySeconds);
}

export function checkVisibility(seconds: number): void {
  checkRange('the visibility timeout in seconds', seconds, 0, MAX_VISIBILITY_SECONDS);
}

function checkRange(what: string, value: number, min: number, max: number): void {
  if (value >= min && value <= max) return;
  throw new RangeError(`${what} is ${value}; it must be from ${min} to ${max}.`);
}
