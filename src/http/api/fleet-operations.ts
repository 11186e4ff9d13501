import { type HistorySource, readFleetLog, readFleetLogPage } from '../routes/fleet-log.ts';
import { simulateFleet } from '../routes/laboratory.ts';
import { drawMachines } from '../routes/machines.ts';
import { comparePolicies } from '../routes/policies.ts';
import type { Operation } from './operation.ts';

/** What the fleet page asks for besides the fleet that runs: its past, and what might be. */
export const fleetOperations = (source: HistorySource | undefined): Operation[] => [
  readFleetLog(source),
  readFleetLogPage(source),
  comparePolicies,
  simulateFleet(),
  ...drawMachines(),
];
