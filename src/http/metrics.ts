import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import { ec2State } from '../bus/fleet-view.ts';
import type { QueueDepth } from '../bus/queue.ts';
import type { RecentEvents } from '../bus/recent-events.ts';

/** What is looked at whenever somebody asks for the metrics. */
export interface MetricsSources {
  /** By the queue's purpose: `requests`, `replies`, … */
  readonly depths: Readonly<Record<string, () => Promise<QueueDepth>>>;
  /** Enrolled faces. */
  readonly gallerySize: () => Promise<number>;
  /** The fleet, when its controller runs in this process. */
  readonly fleet?: Pick<RecentEvents, 'view'> | undefined;
}

/** From a photo that is recognised at once, to one for which an instance has to boot; in seconds. */
const BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180];

/** What Prometheus may know of the web tier, and of the fleet as far as it is known here. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Counter<'method' | 'status'>;
  readonly #photos: Counter<'outcome'>;
  readonly #stages: Histogram<'stage'>;

  constructor({ depths, gallerySize, fleet }: MetricsSources) {
    const registers = [this.#registry];
    this.#requests = new Counter({
      name: 'facefleet_http_requests_total',
      help: 'HTTP requests that were answered',
      labelNames: ['method', 'status'],
      registers,
    });
    this.#photos = new Counter({
      name: 'facefleet_photos_total',
      help: 'Photos by outcome: recognised, no_face, or the code of the error',
      labelNames: ['outcome'],
      registers,
    });
    this.#stages = new Histogram({
      name: 'facefleet_stage_seconds',
      help: "Time of each stage of a photo's way",
      labelNames: ['stage'],
      buckets: BUCKETS,
      registers,
    });
    this.#registry.registerMetric(queueMessages(depths));
    this.#registry.registerMetric(galleryFaces(gallerySize));
    if (fleet) this.#registry.registerMetric(instancesOf(fleet));
  }

  /** Adds what Node knows of this process: memory, event-loop delay, processor time, descriptors. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.#registry });
  }

  request(method: string, status: number): void {
    this.#requests.inc({ method, status });
  }

  photo(outcome: string): void {
    this.#photos.inc({ outcome });
  }

  stage(stage: string, ms: number): void {
    this.#stages.observe({ stage }, ms / 1000);
  }

  /** In Prometheus's text format. */
  async text(): Promise<{ readonly type: string; readonly body: string }> {
    return { type: this.#registry.contentType, body: await this.#registry.metrics() };
  }
}

const queueMessages = (depths: MetricsSources['depths']): Gauge =>
  new Gauge({
    name: 'facefleet_queue_messages',
    help: 'Messages in the queues, by state',
    labelNames: ['queue', 'state'],
    registers: [],
    async collect() {
      this.reset();
      for (const [queue, look] of Object.entries(depths)) {
        const depth = await ifKnown(look);
        if (depth === undefined) continue;
        this.set({ queue, state: 'visible' }, depth.visible);
        this.set({ queue, state: 'in_flight' }, depth.inFlight);
        this.set({ queue, state: 'delayed' }, depth.delayed);
      }
    },
  });

const galleryFaces = (gallerySize: MetricsSources['gallerySize']): Gauge =>
  new Gauge({
    name: 'facefleet_gallery_faces',
    help: 'Faces enrolled in the gallery',
    registers: [],
    async collect() {
      this.set((await ifKnown(gallerySize)) ?? Number.NaN);
    },
  });

const instancesOf = (fleet: Pick<RecentEvents, 'view'>): Gauge =>
  new Gauge({
    name: 'facefleet_instances',
    help: 'Instances of the fleet, by EC2 state',
    labelNames: ['state'],
    registers: [],
    collect() {
      this.reset();
      for (const { state } of fleet.view.instances) this.inc({ state: ec2State(state) });
    },
  });

/** What cannot be looked at now must not hide the rest. */
async function ifKnown<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch {
    return undefined;
  }
}
