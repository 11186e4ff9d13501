import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { median } from './statistics.ts';

const WRITES = 200;
const PAGE_BYTES = 4096;
const PAGES = 64;

/** How long the disk that holds `folder` takes to sync one page, in ms: the median of many. */
export function measureSyncMs(folder: string): number {
  const path = join(folder, 'sync-time');
  const file = openSync(path, 'w');
  const page = Buffer.alloc(PAGE_BYTES, 1);
  const times = Array.from({ length: WRITES }, (_, i) => {
    writeSync(file, page, 0, PAGE_BYTES, (i % PAGES) * PAGE_BYTES);
    const before = performance.now();
    fdatasyncSync(file);
    return performance.now() - before;
  });
  closeSync(file);
  rmSync(path);
  return median(times);
}
