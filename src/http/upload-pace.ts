import { HttpError } from './errors.ts';

export interface PaceLimits {
  /** How long an upload may take however little arrives, in milliseconds. */
  readonly graceMs: number;
  /** So many bytes earn it another second. */
  readonly bytesPerSecond: number;
}

/**
 * Lets an upload take as long as enough of it arrives, and no longer: it may not just hold its
 * connection. The rule of Apache's mod_reqtimeout (`body=20,MinRate=…`).
 * @param receive - is to tell `arrived` of all bytes
 * @throws HttpError when the upload is too slow
 */
export async function atPace<T>(
  { graceMs, bytesPerSecond }: PaceLimits,
  receive: (arrived: (bytes: number) => void) => Promise<T>,
): Promise<T> {
  const beganAt = performance.now();
  let received = 0;
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<never>((_, reject) => {
    const look = (): void => {
      const earnedMs = (received / bytesPerSecond) * 1000;
      const leftMs = beganAt + graceMs + earnedMs - performance.now();
      if (leftMs > 0) timer = setTimeout(look, Math.ceil(leftMs));
      else reject(uploadTimeout());
    };
    look();
  });
  try {
    return await Promise.race([receive((bytes) => (received += bytes)), tooSlow]);
  } finally {
    clearTimeout(timer);
  }
}

const uploadTimeout = (): HttpError =>
  new HttpError('upload_timeout', 'The upload arrived too slowly. Send it again.');
