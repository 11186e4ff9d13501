import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { SingleBar } from 'cli-progress';

import { FacefleetError } from '../src/bus/errors.ts';
import { buildModel } from './build-model.ts';
import { readManifest } from './manifest.ts';
import type { ModelEntry, PackagedModel } from './manifest.ts';
import { sha256 } from './sha256.ts';

/** Thrown when the file of a model without a source is not there. */
export class ModelMissingError extends FacefleetError {
  readonly code = 'model_missing';
}

/**
 * Builds the models that a folder lacks, as its manifest.json says, and prints what was done, a line a
 * model. Needs no network when they are all there.
 * @throws ManifestMalformedError, ModelMissingError, PackageUnavailableError, PackageMismatchError,
 *   ModelMismatchError, ModelNotWrittenError
 */
export async function buildModels(folder: string, print: (line: string) => void): Promise<void> {
  const models = await readManifest(folder);
  const stale = await findStale(folder, models);
  if (stale.length === 0) {
    print(`${models.map(({ id }) => id).join(', ')}: up to date`);
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

/** The models whose file in `folder` is absent or not the one that the manifest names. */
async function findStale(folder: string, models: readonly ModelEntry[]): Promise<PackagedModel[]> {
  const stale: PackagedModel[] = [];
  for (const model of models) {
    const bytes = await readFile(join(folder, model.file)).catch(() => undefined);
    if (model.source !== undefined) {
      if (bytes === undefined || sha256(bytes) !== model.sha256) stale.push(model);
    } else if (bytes === undefined) {
      throw new ModelMissingError(
        `The model "${model.id}" is not there: put ${model.file} into ${folder}, ` +
          `or remove its entry from manifest.json.`,
      );
    }
  }
  return stale;
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

function describe(model: PackagedModel, bytes: number): string {
  const { file, licence, source } = model;
  const size = `${(bytes / 1e6).toFixed(1)} MB`;
  const hash = `sha256 ${model.sha256.slice(0, 12)}…`;
  const origin = `${licence}, from ${source.package}@${source.version}`;
  return `${file.padEnd(18)} ${size.padStart(8)}  ${hash}  ${origin}`;
}
