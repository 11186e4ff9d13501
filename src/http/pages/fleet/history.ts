/** What the server tells of a fleet, as far as this page reads it; docs/http.md has the whole. */
export interface Inputs {
  readonly visible: number;
  readonly inFlight: number;
  readonly running: number;
  readonly pending: number;
  readonly stopped: number;
  readonly room: number;
  readonly min: number;
  readonly max: number;
}

interface Happening {
  readonly seq: number;
  readonly at: number;
}

export interface Transition extends Happening {
  readonly type: 'instance.transition';
  readonly instance: string;
  readonly state: string;
  readonly cause: string;
}

export interface Decision extends Happening {
  readonly type: 'controller.decision';
  readonly policy: string;
  readonly inputs?: Inputs;
  readonly start: readonly string[];
  readonly stop: readonly string[];
  readonly reason: string;
}

export interface Failure extends Happening {
  readonly type: 'controller.failed';
  readonly step: 'observe' | 'act';
  readonly message: string;
  readonly restMs: number;
}

interface Work extends Happening {
  readonly type: 'worker.busy' | 'worker.idle';
  readonly instance: string;
  readonly done: number;
}

interface Other extends Happening {
  readonly type: 'worker.ready' | 'worker.draining' | 'worker.exited' | 'actor.transition';
}

/** What the web tier took and answered from `since` to `at`. */
export interface Traffic extends Happening {
  readonly type: 'web.traffic';
  readonly since: number;
  readonly arrived: number;
  readonly answered: number;
  /** Absent when nothing was answered. */
  readonly p50Ms?: number;
  readonly p95Ms?: number;
}

export type FleetEvent = Transition | Decision | Failure | Work | Traffic | Other;

export interface Head {
  readonly seq: number;
  readonly view: {
    readonly at: number;
    readonly instances: readonly {
      readonly id: string;
      readonly state: string;
      readonly done: number;
    }[];
    readonly decision: Omit<Decision, 'seq'> | null;
  };
}

/** A stretch of history that can be read by itself. */
export interface Page {
  readonly head: Head;
  readonly events: readonly FleetEvent[];
  readonly problem?: string;
}

export interface PageSummary {
  readonly seq: number;
  readonly at: number;
  readonly messages: number;
  readonly active: number;
}

/** The pages that there are of a history, and how to get them. */
export interface History {
  readonly summaries: readonly PageSummary[];
  /** When it ends, in milliseconds since the Unix epoch. */
  readonly end: number;
  readonly problems: readonly string[];
  readonly kind: 'live' | 'recording' | 'laboratory';
  page(index: number): Promise<Page>;
}

/** Index of the page that holds a moment. */
export function pageAt({ summaries }: History, at: number): number {
  let low = 0;
  let high = summaries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((summaries[middle]?.at ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

interface Contents {
  /** The server's time; null where nothing goes on. */
  readonly now: number | null;
  readonly pages: readonly PageSummary[];
  readonly problems: readonly string[];
}

/** Pages that are kept; a page has a thousand events at most. */
const KEPT_PAGES = 40;

/** The history in the server's event log. */
export async function openLog(): Promise<History> {
  const { now, pages, problems } = await getJson<Contents>('/v1/fleet/log');
  const kept = new Map<number, Promise<Page>>();
  const last = pages.length - 1;

  function page(index: number): Promise<Page> {
    const known = kept.get(index);
    if (known) return known;
    const fresh = getJson<Page>(`/v1/fleet/log/${pages[index]?.seq}`);
    if (index !== last) kept.set(index, fresh);
    const [oldest] = kept.keys();
    if (kept.size > KEPT_PAGES && oldest !== undefined) kept.delete(oldest);
    fresh.catch(() => kept.delete(index));
    return fresh;
  }

  const end = now ?? (pages.length === 0 ? 0 : endOf(await page(last)));
  return { summaries: pages, end, problems, kind: now === null ? 'recording' : 'live', page };
}

/** The history of a simulated fleet, which is there as a whole. */
export function simulatedHistory(pages: readonly Page[], wantedEnd: number): History {
  const summaries = pages.map(({ head: { seq, view } }) => ({
    seq,
    at: view.at,
    messages: (view.decision?.inputs?.visible ?? 0) + (view.decision?.inputs?.inFlight ?? 0),
    active: view.instances.filter(({ state }) => /^(pending|running)/.test(state)).length,
  }));
  const last = pages.at(-1);
  return {
    summaries,
    // It may have ended early.
    end: last?.problem === undefined ? wantedEnd : endOf(last),
    problems: [],
    kind: 'laboratory',
    page: async (index) => pages[index] as Page,
  };
}

const endOf = ({ head, events }: Page): number =>
  events.reduce((latest, { at }) => Math.max(latest, at), head.view.at);

/** @throws Error with the server's own words */
export async function getJson<T>(path: string): Promise<T> {
  const response = await fetch(path, { headers: { Accept: 'application/json' } });
  const body = (await response.json().catch(() => undefined)) as unknown;
  if (response.ok) return body as T;
  const { error } = (body ?? {}) as { error?: { message?: string } };
  throw new Error(error?.message ?? 'The server does not answer as it should. Reload the page.');
}
