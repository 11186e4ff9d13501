import { Command } from 'commander';

import { type Config, withSettings } from '../config.ts';
import { type Check, findingOf, type NamedFinding } from '../doctor/check.ts';
import { dataFolderCheck, diskCheck } from '../doctor/data-folder.ts';
import { leftoversCheck, residentsOf } from '../doctor/leftovers.ts';
import { capacityCheck, openFilesCheck } from '../doctor/limits.ts';
import { modelsCheck } from '../doctor/models.ts';
import { nodeVersionCheck } from '../doctor/node-version.ts';
import { portCheck } from '../doctor/port.ts';
import { recognitionCheck } from '../doctor/recognition.ts';

const SETTINGS = ['host', 'port', 'dataDir', 'modelsDir', 'embedder', 'maxInstances'] as const;

type DoctorConfig = Config<(typeof SETTINGS)[number]>;

/** `wantedNode`: package.json's `engines.node`. */
export function doctorCommand(wantedNode: string): Command {
  const command = new Command('doctor')
    .description('check that this machine can run facefleet, and say how to mend what is wrong')
    .option('--json', 'as JSON')
    .action(async ({ json, ...config }: DoctorConfig & { json?: true }) => {
      const findings: NamedFinding[] = [];
      for (const check of checks(wantedNode, config)) {
        const finding = await findingOf(check);
        findings.push(finding);
        if (!json) process.stdout.write(line(finding));
      }
      if (json) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
      if (findings.some(({ status }) => status === 'failed')) process.exitCode = 1;
    });
  return withSettings(command, SETTINGS);
}

const checks = (wantedNode: string, config: DoctorConfig): Check[] => [
  nodeVersionCheck(wantedNode),
  modelsCheck(config.modelsDir, config.embedder),
  recognitionCheck(config.modelsDir, config.embedder),
  dataFolderCheck(config.dataDir),
  diskCheck(config.dataDir),
  leftoversCheck(config.dataDir),
  portCheck(config, async () => (await residentsOf(config.dataDir)).service),
  openFilesCheck(),
  capacityCheck(config.maxInstances),
];

function line({ check, status, message, mend }: NamedFinding): string {
  const head = `${status.padEnd(7)}  ${check.padEnd(11)}  ${message}\n`;
  return mend === undefined ? head : `${head}${' '.repeat(22)}${mend}\n`;
}
