import type { Decision } from '../../../src/machines/controller-setup.ts';
import type { InstanceSnapshot } from '../../../src/machines/instance.ts';
import { statePath } from '../../../src/machines/transitions.ts';
import { isAtRest } from '../instance-rules.ts';
import { mayFollow } from '../invariants.ts';
import type { Scene } from './scene.ts';
import { inFlight, isActive } from './world.ts';

/** Before a command goes out: nobody who is busy is stopped, and nobody is started without need. */
export function checkCommands(scene: Scene, { start, stop, reason }: Decision): void {
  for (const id of stop) {
    const path = statePath(scene.belief(id).snapshot.value);
    if (path === 'running.busy' && !reason.includes('the cap is')) {
      scene.breach(`stop ${id}, which is busy: ${reason}`);
    }
  }
  const { world, isUntroubled } = scene;
  const active = Object.values(world.truths).filter(isActive).length;
  const wanted = world.visible + inFlight(world);
  if (isUntroubled && start.length > 0 && active + start.length > wanted) {
    scene.breach(`start ${start.length} with ${active} active for ${wanted} messages: ${reason}`);
  }
}

/** When a command gets there: nothing that settles is touched. */
export function checkCommanded(scene: Scene, call: 'start' | 'stop', id: string): void {
  const { state, isForeign } = scene.truth(id);
  if (!isForeign && (state === 'pending' || state === 'stopping')) {
    scene.breach(`${call} ${id}, which is ${state}`);
  }
}

/** When commands were obeyed: the cap holds for all that the controller can know of. */
export function checkCap(scene: Scene, cap: number): void {
  const active = Object.values(scene.world.truths).filter(
    (truth) => isActive(truth) && !truth.isForeign,
  ).length;
  if (active > cap) scene.breach(`${active} active, the cap is ${cap}`);
}

/** An instance goes only where EC2's life cycle lets it. */
export function checkTransition(
  scene: Scene,
  id: string,
  before: InstanceSnapshot,
  after: InstanceSnapshot,
): void {
  const [from, to] = [statePath(before.value), statePath(after.value)];
  if (!mayFollow(from, to)) scene.breach(`${id} went from ${from} to ${to}`);
}

/** Whatever is on its way somewhere has a deadline. */
export function checkDeadlines(scene: Scene): void {
  const { controller, beliefs } = scene.world;
  if (controller?.timers.length === 0) {
    scene.breach(`the controller is ${statePath(controller.snapshot.value)} for ever`);
  }
  for (const [id, { snapshot, timers }] of Object.entries(beliefs)) {
    const path = statePath(snapshot.value);
    if (!isAtRest(path) && timers.length === 0) scene.breach(`${id} is ${path} for ever`);
  }
}
