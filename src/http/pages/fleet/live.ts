import type { FleetEvent, Head } from './history.ts';

export interface LiveListener {
  onEvents(events: readonly FleetEvent[]): void;
  /** The stream begins anew: what lies between is only in the log. */
  onGap(): void;
  onConnection(isConnected: boolean): void;
}

const RETRY_MS = 2000;

/** Follows a fleet's events from a number on; the result ends that. */
export function follow(afterSeq: number, listener: LiveListener): () => void {
  let lastSeq = afterSeq;
  let stream: EventSource;
  let retry: number | undefined;

  function connect(): void {
    stream = new EventSource(`/v1/fleet/events?after=${lastSeq}`);
    stream.addEventListener('open', () => listener.onConnection(true));
    stream.addEventListener('error', () => {
      listener.onConnection(false);
      // A browser gives up by itself when it is answered with an error.
      if (stream.readyState === EventSource.CLOSED) retry = window.setTimeout(connect, RETRY_MS);
    });
    stream.addEventListener('message', ({ data }) => {
      const event = JSON.parse(data as string) as FleetEvent;
      if (event.seq <= lastSeq) return;
      lastSeq = event.seq;
      listener.onEvents([event]);
    });
    stream.addEventListener('snapshot', ({ data }) => {
      const { seq } = JSON.parse(data as string) as Pick<Head, 'seq'>;
      if (seq !== lastSeq) listener.onGap();
    });
  }

  connect();
  return () => {
    window.clearTimeout(retry);
    stream.close();
  };
}
