import type { HistoryPage } from '../bus/event-history.ts';
import type { RecordedEvent } from '../bus/events.ts';
import { FleetProjection } from '../bus/fleet-view.ts';
import type { InstanceState } from '../bus/fleet.ts';
import type { QueueDepth } from '../bus/queue.ts';
import { Traffic } from '../machines/traffic.ts';
import { ModelledWork } from './modelled-work.ts';
import type { Happening, Scenario } from './scenario.ts';
import { AWS, LOCAL, Simulation } from './simulation.ts';
import { nothing, poisson } from './workload.ts';

const WORLDS = { aws: AWS, local: LOCAL };

/** A life that has so many events ends early. */
const MOST_EVENTS = 30_000;
const EVENTS_A_PAGE = 1000;

/** The simulation is looked after this often, in simulated time. */
const STRIDE_MS = 5000;

/** What cannot happen yet is tried again this soon. */
const WAIT_MS = 500;

const MINUTE_MS = 60_000;

/**
 * Lives a scenario through, as fast as it goes, and resolves with what an event log of it would have.
 * Rejects when `signal` aborts.
 */
export async function liveThrough(
  scenario: Scenario,
  signal: AbortSignal,
): Promise<readonly HistoryPage[]> {
  const { seed, world, policy, instances, photosPerSecond, minutes, happenings } = scenario;
  const counts = new StandingCounts();
  const simulation = new Simulation({
    seed,
    surroundings: WORLDS[world],
    pool: instances,
    policy,
    limits: { min: 0, max: instances },
    workload: photosPerSecond > 0 ? poisson(photosPerSecond) : nothing,
    work: (parts) => counts.of(new ModelledWork({ ...parts, traffic: new Traffic(parts) })),
  });
  const record = new Record();
  simulation.bus.subscribe((event) => record.add(event));
  for (const happening of happenings) {
    simulation.clock.setTimeout(() => happen(simulation, counts, happening), happening.at);
  }

  const end = minutes * MINUTE_MS;
  while (simulation.clock.now() < end && record.size < MOST_EVENTS) {
    signal.throwIfAborted();
    await simulation.run(Math.min(STRIDE_MS, end - simulation.clock.now()));
  }
  simulation.killController();
  return record.pages(
    simulation.clock.now() < end
      ? `So much happens that the simulation ends after ${MOST_EVENTS} events`
      : undefined,
  );
}

function happen(simulation: Simulation, counts: StandingCounts, happening: Happening): void {
  const { fleet, work, clock } = simulation;
  switch (happening.type) {
    case 'burst':
      simulation.submit(happening.photos);
      break;
    case 'stuck': {
      const id = find(simulation, 'pending') ?? find(simulation, 'stopped');
      if (id !== undefined) fleet.faults.hold(id);
      break;
    }
    case 'capacity':
      fleet.faults.capacity = 0;
      clock.setTimeout(() => (fleet.faults.capacity = Infinity), happening.seconds * 1000);
      break;
    case 'killed':
      toRunning(simulation, (id) => fleet.kill(id));
      break;
    case 'hung':
      toRunning(simulation, (id) => work.hang(id));
      break;
    case 'stale':
      counts.standStill();
      clock.setTimeout(() => counts.goOn(), happening.seconds * 1000);
      break;
    case 'throttled':
      fleet.faults.throttle(happening.seconds * 1000);
      break;
  }
}

/** Does it to an instance that runs, as soon as there is one. */
function toRunning(simulation: Simulation, act: (id: string) => void): void {
  const id = find(simulation, 'running');
  if (id !== undefined) act(id);
  else simulation.clock.setTimeout(() => toRunning(simulation, act), WAIT_MS);
}

const find = ({ fleet }: Simulation, state: InstanceState): string | undefined =>
  fleet.ids.find((id) => fleet.stateOf(id) === state);

/** The counts of a queue, which can be made to stand still. */
class StandingCounts {
  #read: () => Promise<QueueDepth> = async () => ({ visible: 0, inFlight: 0, delayed: 0 });
  #standing: Promise<QueueDepth> | undefined;

  of(work: ModelledWork): ModelledWork {
    const { requests } = work;
    this.#read = () => requests.depth();
    work.requests = { depth: () => this.#standing ?? this.#read() };
    return work;
  }

  standStill(): void {
    this.#standing = this.#read();
  }

  goOn(): void {
    this.#standing = undefined;
  }
}

/** Cuts events into pages, as the event log does, without the controller's own rounds. */
class Record {
  readonly #projection = new FleetProjection();
  readonly #pages: { head: HistoryPage['head']; events: RecordedEvent[] }[] = [];
  size = 0;

  add(event: RecordedEvent): void {
    if (event.type === 'actor.transition') return;
    if (this.size % EVENTS_A_PAGE === 0) {
      this.#pages.push({ head: { seq: this.size, view: this.#projection.view }, events: [] });
    }
    const numbered = { ...event, seq: ++this.size };
    this.#pages.at(-1)?.events.push(numbered);
    this.#projection.apply(numbered);
  }

  pages(problem: string | undefined): readonly HistoryPage[] {
    if (problem === undefined) return this.#pages;
    return this.#pages.map((page, index) =>
      index === this.#pages.length - 1 ? { ...page, problem } : page,
    );
  }
}
