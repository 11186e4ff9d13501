import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import Koa from 'koa';
import pino from 'pino';

import { openEventLog } from '../src/adapters/local/event-log-history.ts';
import { EventLog } from '../src/adapters/local/event-log.ts';
import { systemClock } from '../src/adapters/system-clock.ts';
import { EventBus } from '../src/bus/event-bus.ts';
import { RecentEvents } from '../src/bus/recent-events.ts';
import { fleetOperations } from '../src/http/api/fleet-operations.ts';
import { mount } from '../src/http/api/mount.ts';
import { fleetRouter } from '../src/http/fleet-router.ts';
import { followFleet } from '../src/http/routes/fleet-events.ts';
import { fleetEvents } from './fleet-events.ts';

/** A server whose fleet makes so many events a second; tells the CPU time that it has used. */
const [instances, perSecond] = process.argv.slice(2).map(Number) as [number, number];

const TICK_MS = 10;

const folder = mkdtempSync(join(tmpdir(), 'facefleet-bench-'));
const log = new EventLog({ folder });
const bus = new EventBus({
  clock: systemClock,
  lastSeq: 0,
  onListenerError: (error) => {
    throw error;
  },
});
bus.subscribe((event) => log.append(event));
const recent = new RecentEvents(bus, log.view);

const events = fleetEvents(instances);
function publish(count: number): void {
  for (let event = 0; event < count; event++) bus.publish(events.next().value);
}

publish(instances);
const startedAt = performance.now();
let published = 0;
setInterval(() => {
  const due = Math.floor(((performance.now() - startedAt) / 1000) * perSecond);
  publish(due - published);
  published = due;
}, TICK_MS);

const source = { history: openEventLog(folder), now: () => systemClock.now() };
const depth = async () => ({ visible: 0, inFlight: 0, delayed: 0 });
const fleet = { recent, history: source.history, clock: systemClock, cap: instances, depth };
const router = fleetRouter();
mount(router, [followFleet(fleet), ...fleetOperations(source)], { log: pino({ level: 'silent' }) });
const app = new Koa().use(router.routes());
// A viewer that leaves.
app.on('error', () => {});
const server = app.listen(0, '127.0.0.1');
server.once('listening', () => process.send?.((server.address() as AddressInfo).port));

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.((user + system) / 1e6);
});
process.on('disconnect', () => {
  rmSync(folder, { recursive: true });
  process.exit();
});
