import { describe, expect, it } from 'vitest';

import { InstanceWorld, MINUTE, SECOND } from './instance-world.ts';

const BEFORE = 500_000;

const started = (): InstanceWorld => new InstanceWorld().send({ type: 'START' });

function running(): InstanceWorld {
  const world = started();
  const launchedAt = world.clock.now();
  return world.send({ type: 'OBSERVED', state: 'running', launchedAt }, { type: 'worker.ready' });
}

const stopping = (): InstanceWorld => running().send({ type: 'STOP' }, { type: 'ACCEPTED' });

describe('an instance that is started', () => {
  it('is believed to be pending at once', () => {
    const world = started();
    expect(world.state).toBe('pending.requested');
    expect(world.has('active')).toBe(true);
  });

  it('is left alone while it settles', () => {
    const world = started().send({ type: 'START' }, { type: 'STOP' });
    expect(world.state).toBe('pending.requested');
    expect([world.has('startable'), world.has('stoppable')]).toEqual([false, false]);
  });

  it('is not started twice because it still reads stopped', async () => {
    const world = started();
    await world.clock.advance(20 * SECOND);
    world.send({ type: 'OBSERVED', state: 'stopped', launchedAt: BEFORE });
    expect(world.state).toBe('pending.requested');
  });

  it('is stopped after all when it reads so after 30 s, and rests before the next try', async () => {
    const world = started();
    await world.clock.advance(30 * SECOND);
    expect(world.state).toBe('pending.overdue');
    expect(world.has('asking')).toBe(true);
    world.send({ type: 'OBSERVED', state: 'stopped', launchedAt: BEFORE }, { type: 'START' });
    expect(world.state).toBe('stopped');
    await world.clock.advance(2 * SECOND);
    expect(world.send({ type: 'START' }).state).toBe('pending.requested');
  });

  it('runs as soon as it is seen to, or its worker says so', () => {
    expect(
      started().send({ type: 'OBSERVED', state: 'running', launchedAt: 1_000_000 }).state,
    ).toBe('running.starting');
    expect(started().send({ type: 'worker.ready' }).state).toBe('running.idle');
  });

  it('is stuck after 10 minutes, and runs all the same if it comes to', async () => {
    const world = started().send({ type: 'OBSERVED', state: 'pending', launchedAt: 1_000_000 });
    await world.clock.advance(10 * MINUTE);
    expect(world.state).toBe('pending.stuck');
    expect(world.has('stuck')).toBe(true);
    expect(world.send({ type: 'worker.ready' }).state).toBe('running.idle');
  });

  it('may go unseen for as long again from when the provider took the start', async () => {
    const world = started();
    await world.clock.advance(29 * SECOND);
    world.send({ type: 'ACCEPTED' });
    await world.clock.advance(29 * SECOND);
    const late = { type: 'OBSERVED', state: 'stopped', launchedAt: BEFORE } as const;
    expect(world.send(late).state).toBe('pending.requested');
    await world.clock.advance(SECOND);
    expect(world.state).toBe('pending.overdue');
  });

  it('rests for longer and longer when the provider refuses it', async () => {
    const world = started();
    const rests: number[] = [];
    for (let failure = 0; failure < 4; failure++) {
      world.send({ type: 'REFUSED', code: 'InsufficientInstanceCapacity' });
      expect(world.state).toBe('stopped');
      rests.push(world.context.retryAt - world.clock.now());
      expect(world.send({ type: 'START' }).state).toBe('stopped');
      await world.clock.advance(rests.at(-1) ?? 0);
      world.send({ type: 'START' });
    }
    expect(rests).toEqual(rests.toSorted((a, b) => a - b));
    expect(new Set(rests).size).toBe(4);
  });

  it('is not blamed when the provider only asks for fewer calls', () => {
    const world = started().send({ type: 'REFUSED', code: 'RequestLimitExceeded' });
    expect([world.state, world.context.failures]).toEqual(['stopped', 0]);
    expect(world.send({ type: 'START' }).state).toBe('pending.requested');
  });

  it('waits for the truth when the provider says that it is in another state', () => {
    const world = started().send({ type: 'REFUSED', code: 'IncorrectInstanceState' });
    expect(world.state).toBe('pending.overdue');
    const launchedAt = BEFORE;
    expect(world.send({ type: 'OBSERVED', state: 'running', launchedAt }).state).toBe(
      'running.starting',
    );
  });

  it('rests when its worker dies before it is ready', () => {
    const world = started().send({ type: 'worker.exited' }, { type: 'START' });
    expect(world.state).toBe('stopped');
  });
});

describe('an instance that is stopped', () => {
  it('may still be running, for the cap, until the provider took the stop', () => {
    const world = running().send({ type: 'STOP' });
    expect([world.state, world.has('active'), world.has('counted')]).toEqual([
      'stopping.requested',
      false,
      true,
    ]);
    world.send({ type: 'ACCEPTED' });
    expect([world.state, world.has('counted')]).toEqual(['stopping.underway', false]);
  });

  it('is not stopped twice because it still reads running', async () => {
    const world = running().send({ type: 'STOP' }, { type: 'ACCEPTED' });
    await world.clock.advance(40 * SECOND);
    world.send({ type: 'OBSERVED', state: 'running', launchedAt: 1_000_000 });
    expect(world.state).toBe('stopping.underway');
  });

  it('runs on when the stop was never answered and it still runs after 30 s', async () => {
    const world = running().send({ type: 'STOP' });
    await world.clock.advance(30 * SECOND);
    expect(world.state).toBe('stopping.overdue');
    world.send({ type: 'OBSERVED', state: 'running', launchedAt: 1_000_000 });
    expect([world.state, world.has('stoppable')]).toEqual(['running.starting', true]);
  });

  it('has stopped as soon as it is seen to, or its worker has exited', () => {
    expect(
      stopping().send({ type: 'OBSERVED', state: 'stopped', launchedAt: 1_000_000 }).state,
    ).toBe('stopped');
    expect(stopping().send({ type: 'worker.exited' }).state).toBe('stopped');
  });

  it('is stuck after 10 minutes', async () => {
    const world = running().send({ type: 'STOP' }, { type: 'ACCEPTED' });
    await world.clock.advance(10 * MINUTE);
    expect(world.state).toBe('stopping.stuck');
  });
});

describe('an instance that somebody else touches', () => {
  it('is simply seen as what it is', () => {
    const launchedAt = 1_000_000;
    const world = running();
    expect(world.send({ type: 'OBSERVED', state: 'stopping', launchedAt }).state).toBe(
      'stopping.underway',
    );
    expect(world.send({ type: 'OBSERVED', state: 'stopped', launchedAt }).state).toBe('stopped');
    expect(
      world.send({ type: 'OBSERVED', state: 'pending', launchedAt: launchedAt + 1 }).state,
    ).toBe('pending.underway');
    expect(world.send({ type: 'OBSERVED', state: 'shutting-down', launchedAt }).state).toBe(
      'pending.underway',
    );
    expect(
      world.send({ type: 'OBSERVED', state: 'shutting-down', launchedAt: launchedAt + 1 }).state,
    ).toBe('shutting-down.underway');
    expect(world.send({ type: 'OBSERVED', state: 'terminated' }).state).toBe('terminated');
  });

  it('has another worker after it was restarted between two looks', () => {
    const world = running().send({ type: 'worker.busy', photo: 'p', done: 0 });
    world.send({ type: 'OBSERVED', state: 'running', launchedAt: 2_000_000 });
    expect(world.state).toBe('running.starting');
  });
});

describe('the worker of an instance that runs', () => {
  it('is known to be idle or busy', () => {
    const world = running();
    expect(world.send({ type: 'worker.busy', photo: 'a', done: 0 }).state).toBe('running.busy');
    expect(world.send({ type: 'worker.idle', done: 1 }).state).toBe('running.idle');
  });

  it('keeps what it was doing through readings that say nothing new', () => {
    const world = running().send({ type: 'worker.busy', photo: 'a', done: 0 });
    world.send({ type: 'OBSERVED', state: 'running', launchedAt: 1_000_000 });
    world.send({ type: 'OBSERVED', state: 'pending', launchedAt: 1_000_000 });
    expect(world.state).toBe('running.busy');
  });

  it('is silent when it never says a word', async () => {
    const world = started().send({ type: 'OBSERVED', state: 'running', launchedAt: 1_000_000 });
    await world.clock.advance(5 * MINUTE);
    expect(world.state).toBe('running.silent');
    expect(world.send({ type: 'worker.ready' }).state).toBe('running.idle');
  });

  it('is silent three minutes after its last heartbeat', async () => {
    const world = running();
    for (let minute = 0; minute < 10; minute++) {
      await world.clock.advance(MINUTE);
      world.send({ type: 'worker.idle', done: 0 });
    }
    await world.clock.advance(3 * MINUTE - 1);
    expect(world.state).toBe('running.idle');
    await world.clock.advance(1);
    expect(world.state).toBe('running.silent');
  });

  it('is silent when it hangs over one photo, however often it says so', async () => {
    const world = running();
    for (let minute = 0; minute < 4; minute++) {
      world.send({ type: 'worker.busy', photo: 'a', done: 0 });
      await world.clock.advance(MINUTE);
    }
    expect(world.state).toBe('running.silent');
  });

  it('is not silent while the photos change', async () => {
    const world = running();
    for (let minute = 0; minute < 10; minute++) {
      world.send({ type: 'worker.busy', photo: `photo ${minute}`, done: minute });
      await world.clock.advance(MINUTE);
    }
    expect(world.state).toBe('running.busy');
  });

  it('is not listened to out of order', async () => {
    const world = running();
    await world.clock.advance(SECOND);
    world.send({ type: 'worker.idle', done: 1 });
    const at = world.clock.now() - 1;
    world.actor.send({ type: 'worker.busy', instance: 'i-1', photo: 'a', done: 0, at });
    expect(world.state).toBe('running.idle');
  });

  it('takes no stop while it drains by itself, and has a deadline for it', async () => {
    const world = running().send({ type: 'worker.draining' }, { type: 'STOP' });
    expect(world.state).toBe('running.draining');
    await world.clock.advance(3 * MINUTE);
    expect([world.state, world.has('stoppable')]).toEqual(['running.silent', true]);
  });

  it('takes the instance with it when it dies, which then rests', () => {
    const world = running()
      .send({ type: 'worker.busy', photo: 'a', done: 0 })
      .send({ type: 'worker.exited' }, { type: 'START' });
    expect(world.state).toBe('stopped');
  });
});

describe('deadlines', () => {
  it('survive a restart: what was pending for 9 minutes is stuck in one', async () => {
    const world = new InstanceWorld({
      reading: { state: 'pending', launchedAt: 1_000_000 - 9 * MINUTE },
    });
    await world.clock.advance(MINUTE);
    expect(world.state).toBe('pending.stuck');
  });

  it('survive a restart by what the controller before remembered', async () => {
    const world = new InstanceWorld({
      reading: { state: 'stopping', launchedAt: 1 },
      remembered: { state: 'stopping.underway', since: 1_000_000 - 9 * MINUTE },
    });
    await world.clock.advance(MINUTE);
    expect(world.state).toBe('stopping.stuck');
  });

  it('survive a restart even for a command that nothing shows yet', async () => {
    const world = new InstanceWorld({
      reading: { state: 'stopped', launchedAt: BEFORE },
      remembered: {
        state: 'pending.requested',
        since: 1_000_000 - 20 * SECOND,
        lastLaunch: BEFORE,
      },
    });
    expect(world.state).toBe('pending.requested');
    world.send({ type: 'OBSERVED', state: 'stopped', launchedAt: BEFORE });
    expect(world.state).toBe('pending.requested');
    await world.clock.advance(10 * SECOND);
    expect(world.state).toBe('pending.overdue');
  });

  it('that all passed while no controller was there leave an instance that believes any reading', async () => {
    const world = new InstanceWorld({
      reading: { state: 'running', launchedAt: BEFORE },
      remembered: {
        state: 'stopping.requested',
        since: 1_000_000 - 60 * MINUTE,
        launchedAt: BEFORE,
      },
    });
    await world.clock.step();
    expect(world.state).toBe('stopping.stuck');
    world.send({ type: 'OBSERVED', state: 'running', launchedAt: BEFORE });
    expect(world.state).toBe('running.starting');
  });

  it('are as long as ever when the clock was set back', async () => {
    const world = new InstanceWorld({
      reading: { state: 'stopping', launchedAt: 1 },
      remembered: { state: 'stopping.underway', since: 1_000_000 + 60 * MINUTE },
    });
    await world.clock.advance(10 * MINUTE);
    expect(world.state).toBe('stopping.stuck');
  });
});
