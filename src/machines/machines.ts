import type { AnyStateMachine } from 'xstate';

import { controllerMachine } from './controller.ts';
import { instanceMachine } from './instance.ts';
import { requestMachine } from './request.ts';
import { type Statechart, statechartOf } from './statechart.ts';
import { workerMachine } from './worker.ts';

/** The machines that a fleet is made of, by machine id. */
export const machines = {
  instance: instanceMachine,
  controller: controllerMachine,
  worker: workerMachine,
  request: requestMachine,
} as const satisfies Readonly<Record<MachineName, AnyStateMachine>>;

export const statecharts: Readonly<Record<MachineName, Statechart>> = {
  instance: statechartOf(instanceMachine),
  controller: statechartOf(controllerMachine),
  worker: statechartOf(workerMachine),
  request: statechartOf(requestMachine),
};

export type MachineName = 'instance' | 'controller' | 'worker' | 'request';
