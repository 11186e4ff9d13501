import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

import { Command } from 'commander';
import type { Browser, Page } from 'playwright-core';

import { openEventLog } from '../src/adapters/local/event-log-history.ts';
import { FleetProjection } from '../src/bus/fleet-view.ts';
import { launchBrowser } from '../test/e2e/browser.ts';
import { fleetEvents } from './fleet-events.ts';
import { median, rounded } from './statistics.ts';

const { seconds } = new Command('bench:visualizer')
  .description(
    'The fleet page in Chromium without a GPU: frames at 1,000 events a second, its heap after ten\n' +
      'minutes worth of them, its weight and first paint; a log of a million events; and what one\n' +
      'viewer costs the server.',
  )
  .option('--seconds <n>', 'how long to watch, for each figure', '15')
  .parse()
  .opts<{ seconds: string }>();

const WATCH_MS = Number(seconds) * 1000;
const EVENTS_A_SECOND = 1000;
const TEN_MINUTES_WORTH = 600 * EVENTS_A_SECOND;
const FAST = 6000;
const MILLION = 1_000_000;
const EVENTS_A_PAGE = 1000;

const browser = await launchBrowser();
const figures = {
  ...(await measurePage()),
  frameMs10000: await withServer(10_000, EVENTS_A_SECOND, async ({ url }) => {
    const page = await open(browser, url);
    return framesOf(page);
  }),
  heapMb: await measureHeap(),
  ...measureLog(await writeLog()),
};
await browser.close();
process.stdout.write(`${JSON.stringify(figures)}\n`);

interface Server {
  readonly url: string;
  /** Seconds of CPU time that it has used so far. */
  cpu(): Promise<number>;
}

async function withServer<T>(
  instances: number,
  perSecond: number,
  measure: (server: Server) => Promise<T>,
): Promise<T> {
  const program = new URL('visualizer-server.js', import.meta.url);
  const child: ChildProcess = fork(program, [String(instances), String(perSecond)]);
  try {
    const [port] = (await once(child, 'message')) as [number];
    return await measure({
      url: `http://127.0.0.1:${port}`,
      async cpu() {
        child.send('cpu');
        const [used] = (await once(child, 'message')) as [number];
        return used;
      },
    });
  } finally {
    child.disconnect();
    await once(child, 'exit');
  }
}

async function open(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({
    locale: 'en-US',
    viewport: { width: 1280, height: 900 },
  });
  const page = await context.newPage();
  await page.goto(`${url}/fleet`);
  await page.getByText('Live', { exact: true }).waitFor();
  return page;
}

/** Median of the time from one frame to the next, in milliseconds. */
async function framesOf(page: Page): Promise<number> {
  await sleep(3000);
  const frames = await page.evaluate<number[]>(`new Promise((resolve) => {
    const times = [];
    const end = performance.now() + ${WATCH_MS};
    requestAnimationFrame(function frame(at) {
      times.push(at);
      if (at < end) requestAnimationFrame(frame);
      else resolve(times.slice(1).map((time, index) => time - times[index]));
    });
  })`);
  await page.context().close();
  return rounded(median(frames), 1);
}

async function measurePage() {
  return withServer(1000, EVENTS_A_SECOND, async (server) => {
    const alone = await cpuShare(server);
    const page = await open(browser, server.url);
    const pageKbGzip = await weightOf(server.url);
    const firstPaintMs = await page.evaluate<number>(
      `performance.getEntriesByName('first-contentful-paint')[0].startTime`,
    );
    const watched = await cpuShare(server);
    return {
      frameMs1000: await framesOf(page),
      firstPaintMs: Math.round(firstPaintMs),
      pageKbGzip,
      serverCpuShare: rounded(Math.max(0, watched - alone), 3),
    };
  });
}

/** What part of a core the server uses. */
async function cpuShare(server: Server): Promise<number> {
  await sleep(2000);
  const [before, since] = [await server.cpu(), performance.now()];
  await sleep(WATCH_MS);
  return (((await server.cpu()) - before) * 1000) / (performance.now() - since);
}

/** The page and all that it loads before it shows the fleet, compressed, in kilobytes. */
async function weightOf(url: string): Promise<number> {
  const context = await browser.newContext({ locale: 'en-US' });
  const page = await context.newPage();
  const bodies: Promise<Buffer>[] = [];
  page.on('response', (response) => {
    if (/\/(fleet$|assets\/|v1\/machines\/)/.test(response.url())) bodies.push(response.body());
  });
  await page.goto(`${url}/fleet`);
  await page.locator('.statechart').waitFor();
  const sizes = (await Promise.all(bodies)).map((body) => gzipSync(body).length);
  await context.close();
  return rounded(sizes.reduce((sum, size) => sum + size, 0) / 1000, 1);
}

/** Heap of the page, in megabytes, after ten minutes worth of events at 1,000 a second. */
async function measureHeap(): Promise<number> {
  return withServer(1000, FAST, async ({ url }) => {
    const page = await open(browser, url);
    await sleep((TEN_MINUTES_WORTH / FAST) * 1000);
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('HeapProfiler.collectGarbage');
    const { usedSize } = await devtools.send('Runtime.getHeapUsage');
    await page.context().close();
    return rounded(usedSize / 1e6, 1);
  });
}

/** A log of a million events of 19 instances in one file. */
async function writeLog(): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), 'facefleet-bench-')), 'million.jsonl');
  const file = createWriteStream(path);
  const projection = new FleetProjection();
  const events = fleetEvents(19);
  for (let seq = 1; seq <= MILLION; seq++) {
    let text = '';
    if (seq % EVENTS_A_PAGE === 1) {
      text += `${JSON.stringify({ v: 1, type: 'snapshot', seq: seq - 1, view: projection.view })}\n`;
    }
    const event = { v: 1, seq, at: seq, ...events.next().value };
    projection.apply(event);
    text += `${JSON.stringify(event)}\n`;
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
  return path;
}

function measureLog(path: string): { openMillionMs: number; seekMs: number } {
  const begin = performance.now();
  const history = openEventLog(path);
  const { pages } = history.contents();
  history.page(pages.at(-1)?.seq ?? 0);
  const openMillionMs = Math.round(performance.now() - begin);
  const seeks = Array.from({ length: 50 }, (_, index) => {
    const { seq = 0 } = pages[(index * 617) % pages.length] ?? {};
    const from = performance.now();
    history.page(seq);
    return performance.now() - from;
  });
  rmSync(path);
  return { openMillionMs, seekMs: rounded(median(seeks), 1) };
}
