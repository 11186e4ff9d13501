import { existsSync } from 'node:fs';
import { join } from 'node:path';

import {
  CONTROLLER,
  openProcessRegistry,
  type ProcessRecord,
  SERVICE,
} from '../adapters/local/process-registry.ts';
import { type Check, ok, warning } from './check.ts';

/** Who runs on a data folder. */
export interface Residents {
  readonly service: ProcessRecord | undefined;
  readonly controller: ProcessRecord | undefined;
  readonly workers: ReadonlyMap<string, ProcessRecord>;
}

/** Only those that still run: what dead processes held is free. Makes no folder. */
export async function residentsOf(dataDir: string): Promise<Residents> {
  if (!existsSync(join(dataDir, 'processes'))) {
    return { service: undefined, controller: undefined, workers: new Map() };
  }
  const processes = openProcessRegistry(dataDir);
  const residents = {
    service: processes.get(SERVICE),
    controller: processes.get(CONTROLLER),
    workers: processes.instances(),
  };
  await processes.close();
  return residents;
}

/** Whether workers are left that no controller looks after. */
export function leftoversCheck(dataDir: string): Check {
  return {
    name: 'processes',
    async look() {
      const { service, controller, workers } = await residentsOf(dataDir);
      const left = [...workers].map(([id, { pid }]) => `${id} (process ${pid})`).join(', ');
      if (left !== '' && controller === undefined) {
        return warning(
          `${left} run without a controller, as after a crash.`,
          'Start the service, which takes them over, or wait a minute: they finish and end themselves.',
        );
      }
      const running = [
        service && `service ${service.pid}`,
        controller && `controller ${controller.pid}`,
      ];
      const told = running.filter(Boolean).join(', ');
      return ok(
        told === ''
          ? 'Nothing runs on the data folder, and no lock is left on it.'
          : `At work on the data folder: ${told}, ${workers.size} workers.`,
      );
    },
  };
}
