import type { AnyActorRef, AnyEventObject, AnyStateMachine, SnapshotFrom } from 'xstate';
import { createActor } from 'xstate';

/** An event that an actor sends to itself when it is due, unless it is cancelled. */
export interface Timer {
  readonly id: string;
  readonly event: AnyEventObject;
  readonly dueAt: number;
}

/** An actor of a machine as a value: what it is, without what it does. It can go two ways at once. */
export interface PureActor<TMachine extends AnyStateMachine> {
  readonly snapshot: SnapshotFrom<TMachine>;
  readonly timers: readonly Timer[];
}

/** What an actor would have done in a step, had it been let. */
export type Effect =
  | { readonly type: 'send'; readonly to: AnyActorRef; readonly event: AnyEventObject }
  | { readonly type: 'invoke'; readonly id: string };

export interface Step<TMachine extends AnyStateMachine> {
  readonly actor: PureActor<TMachine>;
  readonly effects: readonly Effect[];
}

interface ResolvedAction {
  readonly type: string;
  readonly params: Record<string, unknown>;
}

/**
 * Runs a machine without running its actions: like `transition()` of XState, with one scope for all
 * steps (creating one for each is most of its cost), and with the timers as part of the value.
 */
export class PureMachine<TMachine extends AnyStateMachine> {
  readonly self: AnyActorRef;
  readonly #machine: TMachine;
  readonly #actions: ResolvedAction[] = [];
  readonly #scope;

  constructor(machine: TMachine, input: unknown) {
    this.#machine = machine;
    const self = createActor(machine, { input } as never) as unknown as AnyActorRef;
    this.self = self;
    this.#scope = {
      self,
      id: self.id,
      sessionId: self.sessionId,
      system: self.system,
      logger: () => {},
      defer: () => {},
      emit: () => {},
      stopChild: () => {},
      actionExecutor: (action: ResolvedAction) => {
        this.#actions.push(action);
      },
    } as never;
  }

  begin(input: unknown, now: number): Step<TMachine> {
    this.#actions.length = 0;
    const snapshot = this.#machine.getInitialSnapshot(this.#scope, input);
    return this.#step(snapshot as SnapshotFrom<TMachine>, [], now);
  }

  send(actor: PureActor<TMachine>, event: AnyEventObject, now: number): Step<TMachine> {
    this.#actions.length = 0;
    const snapshot = this.#machine.transition(actor.snapshot as never, event, this.#scope);
    return this.#step(snapshot as SnapshotFrom<TMachine>, actor.timers, now);
  }

  #step(snapshot: SnapshotFrom<TMachine>, before: readonly Timer[], now: number): Step<TMachine> {
    let timers = before;
    const effects: Effect[] = [];
    for (const { type, params } of this.#actions) {
      switch (type) {
        case 'xstate.raise':
          if (typeof params['delay'] !== 'number') break;
          timers = [
            ...timers.filter(({ id }) => id !== params['id']),
            {
              id: params['id'] as string,
              event: params['event'] as AnyEventObject,
              dueAt: now + params['delay'],
            },
          ];
          break;
        case 'xstate.cancel':
          timers = timers.filter(({ id }) => id !== params['sendId']);
          break;
        case 'xstate.sendTo':
          effects.push({
            type: 'send',
            to: params['to'] as AnyActorRef,
            event: params['event'] as AnyEventObject,
          });
          break;
        case 'xstate.spawnChild':
          effects.push({ type: 'invoke', id: params['id'] as string });
          break;
        default:
      }
    }
    return { actor: { snapshot, timers }, effects };
  }
}
