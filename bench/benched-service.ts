import { join } from 'node:path';

import {
  openProcessRegistry,
  type ProcessRegistry,
} from '../src/adapters/local/process-registry.ts';
import { type Service, startService } from '../test/e2e/service.ts';
import { PhotoClient } from './http-load.ts';

export interface BenchedServiceOptions {
  /** Where its data goes. */
  readonly folder: string;
  readonly modelsDir: string;
  readonly workers: number;
  /** What is uploaded, again and again. */
  readonly photos: readonly Uint8Array[];
}

/** What an upload came to. */
export interface Uploaded {
  readonly status: number;
  readonly text: string;
  readonly milliseconds: number;
}

/** A service of its own with a fixed number of workers, and the load on it. */
export class BenchedService {
  readonly #service: Service;
  readonly #client: PhotoClient;
  readonly #processes: ProcessRegistry;
  readonly #photos: readonly Uint8Array[];
  #sent = 0;

  private constructor(service: Service, processes: ProcessRegistry, photos: readonly Uint8Array[]) {
    this.#service = service;
    this.#client = new PhotoClient(service.url);
    this.#processes = processes;
    this.#photos = photos;
  }

  static async start({ folder, ...options }: BenchedServiceOptions): Promise<BenchedService> {
    const dataDir = join(folder, 'data');
    const workers = String(options.workers);
    const settings = {
      '--data-dir': dataDir,
      '--models-dir': options.modelsDir,
      '--log-level': 'warn',
      '--min-instances': workers,
      '--max-instances': workers,
    };
    const service = await startService(...Object.entries(settings).flat());
    return new BenchedService(service, openProcessRegistry(dataDir), options.photos);
  }

  /** Uploads photos, so many at a time, one after the other. */
  async load(
    { clients, forMs }: { readonly clients: number; readonly forMs: number },
    onUploaded: (uploaded: Uploaded) => void,
  ): Promise<void> {
    const end = performance.now() + forMs;
    const one = async (): Promise<void> => {
      while (performance.now() < end) onUploaded(await this.#upload());
    };
    await Promise.all(Array.from({ length: clients }, one));
  }

  get webTierPid(): number {
    return this.#service.pid;
  }

  get workerPids(): number[] {
    return [...this.#processes.instances().values()].map(({ pid }) => pid);
  }

  async stop(): Promise<void> {
    this.#client.close();
    await this.#service.stop();
    await this.#processes.close();
  }

  async #upload(): Promise<Uploaded> {
    const number = this.#sent++;
    const photo = this.#photos[number % this.#photos.length] as Uint8Array;
    const start = performance.now();
    const answer = await this.#client.upload(`${number}.jpg`, photo);
    return { ...answer, milliseconds: performance.now() - start };
  }
}
