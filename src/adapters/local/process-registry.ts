import { join } from 'node:path';

import type { Database } from 'lmdb';

import type { InstanceState } from '../../bus/fleet.ts';
import { systemClock } from '../system-clock.ts';
import { Environment } from './environment.ts';
import { isAlive, type ProcessIdentity } from './process-identity.ts';

/** The name under which a data folder's web tier is registered. */
export const SERVICE = 'service';

/** The name under which the one controller of a data folder's fleet is registered. */
export const CONTROLLER = 'controller';

/** What a process is registered as doing, in EC2's words. */
export type ProcessState = Extract<InstanceState, 'pending' | 'running' | 'stopping'>;

export interface ProcessRecord extends ProcessIdentity {
  readonly state: ProcessState;
  /** Milliseconds since the Unix epoch. */
  readonly launchedAt: number;
}

type Records = Database<ProcessRecord, string>;

/**
 * Who runs on a data folder: names (`service`, `controller`, an instance id) and the processes that
 * hold them.
 * A record is worth as much as its process lives, so a crash leaves nothing to clean up, and a
 * restarted service finds the processes of the one before. Shared by all processes of the folder.
 */
export interface ProcessRegistry {
  /** The record under a name if its process still runs. */
  get(name: string): ProcessRecord | undefined;
  /** The records of all instances whose processes still run, by instance id. */
  instances(): Map<string, ProcessRecord>;
  /** Registers a process unless another living one holds the name; returns who holds it now. */
  claim(name: string, record: ProcessRecord): ProcessRecord;
  /** Changes the state of the process that holds the name, if it is that very one. */
  setState(name: string, holder: ProcessIdentity, state: ProcessState): void;
  /** Gives the name back, if that very process holds it. */
  release(name: string, holder: ProcessIdentity): void;
  close(): Promise<void>;
}

export function openProcessRegistry(folder: string): ProcessRegistry {
  const environment = new Environment<Records>({
    folder: join(folder, 'processes'),
    clock: systemClock,
    openTables: (root) => root.openDB('records', { encoding: 'json' }),
    // A handful of pages in all.
    mapAnew: { afterMs: Infinity, afterTransactions: Infinity },
  });
  return {
    get: (name) => environment.read((records) => living(records, name)),
    instances: () =>
      environment.read((records) => {
        const instances = new Map<string, ProcessRecord>();
        for (const { key, value } of records.getRange()) {
          if (key !== SERVICE && key !== CONTROLLER && isAlive(value)) instances.set(key, value);
        }
        return instances;
      }),
    claim: (name, record) =>
      environment.write((records) => {
        const holder = living(records, name);
        if (holder !== undefined) return holder;
        records.putSync(name, record);
        return record;
      }),
    setState: (name, holder, state) =>
      environment.write((records) => {
        const record = heldBy(records, name, holder);
        if (record !== undefined) records.putSync(name, { ...record, state });
      }),
    release: (name, holder) =>
      environment.write((records) => {
        if (heldBy(records, name, holder) !== undefined) records.removeSync(name);
      }),
    close: () => environment.close(),
  };
}

function living(records: Records, name: string): ProcessRecord | undefined {
  const record = records.get(name);
  return record !== undefined && isAlive(record) ? record : undefined;
}

function heldBy(
  records: Records,
  name: string,
  { pid, startTime }: ProcessIdentity,
): ProcessRecord | undefined {
  const record = records.get(name);
  return record?.pid === pid && record.startTime === startTime ? record : undefined;
}
