import { Command } from 'commander';

import { type Config, withSettings, WORLD_SETTINGS } from '../config.ts';
import { type Check, findingOf, type NamedFinding } from '../doctor/check.ts';
import { residentsOf } from '../doctor/leftovers.ts';
import { machineChecks } from '../doctor/machine-checks.ts';
import { portCheck } from '../doctor/port.ts';
import { atFleet, deadLetterQueueOption, type FleetConfig } from './fleet-site.ts';

const SETTINGS = [
  ...WORLD_SETTINGS,
  'host',
  'port',
  'dataDir',
  'modelsDir',
  'embedder',
  'maxInstances',
] as const;

type DoctorConfig = Config<(typeof SETTINGS)[number]> & FleetConfig;

export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description(
      'check that this machine can run facefleet, or with --name the fleet on AWS, and say how to mend what is wrong',
    )
    .option('--json', 'as JSON')
    .addOption(deadLetterQueueOption())
    .action(async ({ json, ...config }: DoctorConfig & { json?: true }) => {
      if (config.world === 'local') {
        await run([...machineChecks(config), ownPortCheck(config)], json);
        return;
      }
      const { fleetChecks } = await import('../doctor/aws/checks.ts');
      await atFleet(config, (site) => run(fleetChecks(site, config.maxInstances), json));
    });
  withSettings(command, SETTINGS);
  command.options.find((option) => option.attributeName() === 'name')?.implies({ world: 'aws' });
  return command;
}

async function run(checks: readonly Check[], json: true | undefined): Promise<void> {
  const findings: NamedFinding[] = [];
  for (const check of checks) {
    const finding = await findingOf(check);
    findings.push(finding);
    if (!json) process.stdout.write(line(finding));
  }
  if (json) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
  if (findings.some(({ status }) => status === 'failed')) process.exitCode = 1;
}

const ownPortCheck = (config: DoctorConfig): Check =>
  portCheck(config, async () => (await residentsOf(config.dataDir)).service);

function line({ check, status, message, mend }: NamedFinding): string {
  const head = `${status.padEnd(7)}  ${check.padEnd(11)}  ${message}\n`;
  return mend === undefined ? head : `${head}${' '.repeat(22)}${mend}\n`;
}
