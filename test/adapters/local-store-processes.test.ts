import { createHash } from 'node:crypto';

import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { openLocalStore } from '../../src/adapters/local/store.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import type { ObjectHead } from '../../src/bus/store.ts';
import { ChildProgram } from './child-program.ts';
import { temporaryFolder } from './temporary-folder.ts';

const PATIENCE = { timeout: 60_000, interval: 20 };

describe('a local store whose writer is killed', () => {
  it.each([
    { where: 'in the index', bytes: 20_000 },
    { where: 'in files', bytes: 2_000_000 },
  ])('holds whole objects only, and all that were acknowledged ($where)', async ({ bytes }) => {
    const { folder, remove } = temporaryFolder();
    const store = await openLocalStore({ folder, name: 'bucket', clock: systemClock });
    onTestFinished(async () => {
      await store.close();
      remove();
    });
    const acknowledged: string[] = [];
    for (let round = 0; round < 4; round++) {
      const writer = ChildProgram.start('overwrite.js', folder, 'bucket', 'gallery', bytes);
      await vi.waitFor(() => expect(writer.lines.length).toBeGreaterThan(5), PATIENCE);
      await writer.kill();
      acknowledged.push(...writer.lines.slice(1));
    }
    const versions: ObjectHead[] = [];
    for await (const head of store.list({ allVersions: true })) versions.unshift(head);
    for (const { versionId, etag, size } of versions) {
      const { body } = await store.get('gallery', { versionId });
      expect([body.length, size]).toEqual([bytes, bytes]);
      expect(createHash('sha256').update(body).digest('hex')).toBe(etag);
    }
    // At most the last put of each round was written and not acknowledged.
    expect(versions.length - acknowledged.length).toBeLessThanOrEqual(4);
    const stored = versions.map(({ etag }) => etag);
    expect(isSubsequence(acknowledged, stored)).toBe(true);
  });
});

function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let next = 0;
  for (const item of whole) if (item === part[next]) next++;
  return next === part.length;
}
