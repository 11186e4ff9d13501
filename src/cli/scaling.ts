import { Command } from 'commander';

import type { DecisionEvent } from '../bus/events.ts';
import { workedExamples } from '../simulation/worked-examples.ts';

export function scalingCommand(): Command {
  return new Command('scaling')
    .description('show what the controller decides in three worked examples, in simulated time')
    .action(async () => {
      process.stdout.write(`${describeDecisions(await workedExamples())}\n`);
    });
}

/** Each decision's reason, and the instances it is about, on a line of their own. */
export const describeDecisions = (decisions: readonly DecisionEvent[]): string =>
  decisions
    .flatMap(({ reason, start, stop }) => [
      reason,
      ...(start.length > 0 ? [`  start ${start.join(' ')}`] : []),
      ...(stop.length > 0 ? [`  stop ${stop.join(' ')}`] : []),
    ])
    .join('\n');
