import { ServiceUnavailableError } from '../bus/errors.ts';
import { createWaitingApp } from '../http/waiting-app.ts';
import type { Logger } from '../log.ts';
import { openDoor, type WebDoor } from './web-door.ts';
import type { WebConfig } from './web.ts';

/** Said of queues and buckets that have neither answered nor failed yet. */
class StillOpeningError extends ServiceUnavailableError {
  readonly code = 'still_opening';

  constructor() {
    super('The queues and buckets are being opened.');
  }
}

/** A web tier that listens while its queues and buckets are out of reach. */
export interface WaitingWeb {
  readonly door: WebDoor;
  /** Why they are. */
  readonly tell: (why: ServiceUnavailableError) => void;
}

/**
 * Listens at once, so that whoever watches over the web tier hears from it why it is not ready.
 * @throws CannotListenError
 */
export async function openWaitingWeb(
  config: Pick<WebConfig, 'host' | 'port'>,
  log: Logger,
): Promise<WaitingWeb> {
  let reason: ServiceUnavailableError = new StillOpeningError();
  const door = await openDoor(
    config,
    createWaitingApp(() => reason, log),
    log,
  );
  log.info({ url: door.url }, 'listening');
  return {
    door,
    tell(why) {
      reason = why;
    },
  };
}
