import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect, it, vi } from 'vitest';

import { ModelMismatchError, ModelNotWrittenError } from '../../models/build-model.ts';
import { ModelMissingError, buildModels } from '../../models/build-models.ts';
import { ManifestMalformedError } from '../../models/manifest.ts';
import type { ModelEntry } from '../../models/manifest.ts';
import { sha256 } from '../../models/sha256.ts';
import { packageRoot } from '../../src/package-root.ts';
import { errorOf } from './error-of.ts';
import { modelsFolder, packagedModels } from './sources.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A models folder with a manifest, and the built files that it shall start with. */
async function modelsFolderOf(
  models: readonly object[],
  files: readonly string[] = [],
): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ models }));
  for (const file of files) await copyFile(join(modelsFolder, file), join(folder, file));
  return folder;
}

async function build(folder: string): Promise<string[]> {
  const lines: string[] = [];
  await buildModels(folder, (line) => lines.push(line));
  return lines;
}

/** No registry answers, and npm's cache is empty. */
const offline = async (): Promise<Record<string, string>> => ({
  npm_config_registry: 'http://127.0.0.1:9/',
  npm_config_cache: await temporaryFolder(),
  npm_config_fetch_retries: '0',
});
async function goOffline(): Promise<void> {
  for (const [name, value] of Object.entries(await offline())) vi.stubEnv(name, value);
}
afterEach(() => {
  vi.unstubAllEnvs();
});

const modelOf = async (id: string): Promise<ModelEntry> => {
  const model = (await packagedModels()).find((it) => it.id === id);
  if (model === undefined) throw new Error(`There is no model ${id}.`);
  return model;
};

describe('the build of the models', () => {
  it('makes every model anew, the same to the byte', async () => {
    const models = await packagedModels();
    const folder = await modelsFolderOf(models);
    const lines = await build(folder);
    expect(lines).toHaveLength(models.length);
    for (const model of models) {
      expect(sha256(await readFile(join(folder, model.file)))).toBe(model.sha256);
      expect(lines.filter((line) => line.startsWith(model.file))).toHaveLength(1);
    }
    expect(await readdir(folder)).toHaveLength(models.length + 1);
  });

  it('does nothing, and needs no network, when all is there', async () => {
    await goOffline();
    const models = await packagedModels();
    const folder = await modelsFolderOf(
      models,
      models.map(({ file }) => file),
    );
    expect(await build(folder)).toEqual([`${models.map(({ id }) => id).join(', ')}: up to date`]);
  });

  it('makes a damaged file anew, and only that', async () => {
    const models = [await modelOf('ultraface'), await modelOf('landmarks68')];
    const folder = await modelsFolderOf(
      models,
      models.map(({ file }) => file),
    );
    await writeFile(join(folder, 'landmarks68.onnx'), 'damaged');
    const lines = await build(folder);
    expect(lines).toEqual([expect.stringMatching(/^landmarks68\.onnx .*MIT, from faceplugin/)]);
    expect(await build(folder)).toEqual(['ultraface, landmarks68: up to date']);
  });

  it('refuses a model that comes out different from what the manifest says, by name', async () => {
    const folder = await modelsFolderOf([
      { ...(await modelOf('landmarks68')), sha256: '0'.repeat(64) },
    ]);
    const error = await errorOf(build(folder));
    expect(error).toBeInstanceOf(ModelMismatchError);
    expect(error.message).toMatch(/landmarks68\.onnx was built with the SHA-256 [0-9a-f]{64}, but/);
    expect(await readdir(folder)).toEqual(['manifest.json']);
  });

  it('refuses a source without a converter, by name', async () => {
    const folder = await modelsFolderOf([{ ...(await modelOf('landmarks68')), id: 'landmarks5' }]);
    await expect(build(folder)).rejects.toThrow('landmarks5');
  });

  it('says where it cannot write', async () => {
    const folder = await modelsFolderOf([await modelOf('landmarks68')]);
    await mkdir(join(folder, 'landmarks68.onnx'));
    const error = await errorOf(build(folder));
    expect(error).toBeInstanceOf(ModelNotWrittenError);
    expect(error.message).toContain(`${join(folder, 'landmarks68.onnx')} could not be written`);
    expect((await readdir(folder)).toSorted()).toEqual(['landmarks68.onnx', 'manifest.json']);
  });

  it("takes a person's own model as it is, and asks for it when it is absent", async () => {
    const own = { id: 'mine', role: 'embedder', file: 'mine.onnx' };
    const folder = await modelsFolderOf([own]);
    const error = await errorOf(build(folder));
    expect(error).toBeInstanceOf(ModelMissingError);
    expect(error.message).toContain(`put mine.onnx into ${folder}`);
    await writeFile(join(folder, 'mine.onnx'), 'anything');
    expect(await build(folder)).toEqual(['mine: up to date']);
  });

  it('refuses a manifest that is absent, no JSON or not of its form', async () => {
    await expect(build(join(tmpdir(), 'facefleet-nowhere'))).rejects.toThrow(
      ManifestMalformedError,
    );
    const folder = await modelsFolderOf([{ file: 'mine.onnx' }]);
    await expect(build(folder)).rejects.toThrow(/manifest\.json cannot be used/);
    await writeFile(join(folder, 'manifest.json'), '{');
    await expect(build(folder)).rejects.toThrow(/manifest\.json cannot be used/);
  });
});

describe('npm run models', () => {
  it('ends with one sentence and exit code 1 when the network is absent and a model, too', async () => {
    const folder = await modelsFolderOf([await modelOf('landmarks68')]);
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(packageRoot, 'dist/models/build.js'), folder],
      { env: { ...process.env, ...(await offline()) }, encoding: 'utf8' },
    );
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^models: faceplugin.* could not be fetched .* check the network/),
    ]);
  });
});
