import { createHash } from 'node:crypto';

import {
  type EC2Client,
  type Instance,
  type InstanceStateChange,
  paginateDescribeInstances,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';

import type { Clock } from '../../bus/clock.ts';
import type { Fleet, InstanceDescription, InstanceResult, InstanceState } from '../../bus/fleet.ts';
import {
  type AwsCall,
  awsCodeOf,
  awsError,
  AwsRequestError,
  EndpointUnreachableError,
  InstanceProfileNotVisibleError,
} from './errors.ts';
import { type BatchCall, inBatches } from './fleet-batches.ts';
import { refusalOf } from './fleet-refusals.ts';

export interface AwsFleetOptions {
  readonly ec2: EC2Client;
  /** The fleet is every instance that has this value of the tag `facefleet:fleet`. */
  readonly name: string;
  readonly clock: Clock;
  /** All requests of one call and their retries end within this time, in ms; `FLEET_CALL_MS` unless set. */
  readonly callMs?: number;
  /** Whether instances that are set aside (`ASIDE_TAG`) are left out, as they are for a controller. */
  readonly membersOnly?: boolean;
}

/** The tag that makes an instance part of a fleet. */
export const FLEET_TAG = 'facefleet:fleet';

/**
 * The tag of an instance that carries the fleet's tag and is not for its controller yet, or no more:
 * it is new, or builds an image, or is being replaced. Its value says which.
 */
export const ASIDE_TAG = 'facefleet:aside';

/**
 * How long one call of a controller's on its fleet may take: it ends before the controller gives it up,
 * and long before the lease ends that allows it (`lease.ts`).
 */
export const FLEET_CALL_MS = 10_000;

/** The client token belongs to an instance of that name that is terminated, or was launched otherwise. */
const USED_UP = new Set(['IdempotentInstanceTerminated', 'IdempotentParameterMismatch']);

/** EC2 knows a client token for a day after the end of its instance. */
const MAX_GENERATIONS = 50;

/** The most that EC2 lists in one answer. */
const PAGE_SIZE = 1000;

/** A fleet whose instances are EC2's. */
export class AwsFleet implements Fleet {
  readonly #options: AwsFleetOptions;

  constructor(options: AwsFleetOptions) {
    this.#options = options;
  }

  async describe(): Promise<InstanceDescription[]> {
    const instances = await this.#list();
    const { membersOnly = false } = this.#options;
    return instances.filter((each) => !membersOnly || !isAside(each)).map(descriptionOf);
  }

  start(ids: readonly string[]): Promise<InstanceResult[]> {
    return this.#command('ec2:StartInstances', ids, async (InstanceIds, signal) => {
      const command = new StartInstancesCommand({ InstanceIds });
      const { StartingInstances } = await this.#options.ec2.send(command, { abortSignal: signal });
      return StartingInstances;
    });
  }

  stop(ids: readonly string[]): Promise<InstanceResult[]> {
    return this.#command('ec2:StopInstances', ids, async (InstanceIds, signal) => {
      const command = new StopInstancesCommand({ InstanceIds });
      const { StoppingInstances } = await this.#options.ec2.send(command, { abortSignal: signal });
      return StoppingInstances;
    });
  }

  terminate(ids: readonly string[]): Promise<InstanceResult[]> {
    return this.#command('ec2:TerminateInstances', ids, async (InstanceIds, signal) => {
      const command = new TerminateInstancesCommand({ InstanceIds });
      const answer = await this.#options.ec2.send(command, { abortSignal: signal });
      return answer.TerminatingInstances;
    });
  }

  /**
   * Adds instances to the fleet, called `app-tier-instance-N` by the lowest numbers that are free.
   * Each is launched by a request of its own, as tags are the same for all of one request. Its client
   * token follows from its name: neither a retry nor a caller who was killed before it heard the
   * answer launches anything twice, however late EC2 tells of what is new.
   * @param launchTemplate - name of the launch template that says what they are
   * @param tags - besides those that make them part of the fleet
   * @throws InstanceProfileNotVisibleError, ServiceUnavailableError when one cannot be launched; those
   *   before it are there
   */
  async launch(
    count: number,
    launchTemplate: string,
    tags: Readonly<Record<string, string>> = {},
  ): Promise<InstanceDescription[]> {
    const taken = new Set((await this.#list()).flatMap(nameOf));
    const names: string[] = [];
    for (let number = 1; names.length < count; number++) {
      const name = `app-tier-instance-${number}`;
      if (!taken.has(name)) names.push(name);
    }
    const launched: InstanceDescription[] = [];
    for (const name of names) launched.push(await this.#launch(name, launchTemplate, tags));
    return launched;
  }

  async #launch(
    instanceName: string,
    launchTemplate: string,
    tags: Readonly<Record<string, string>>,
    generation = 1,
  ): Promise<InstanceDescription> {
    const { ec2, name } = this.#options;
    const told = { ...tags, Name: instanceName, [FLEET_TAG]: name };
    const command = new RunInstancesCommand({
      LaunchTemplate: { LaunchTemplateName: launchTemplate },
      MinCount: 1,
      MaxCount: 1,
      ClientToken: createHash('sha256')
        .update(`${name} ${instanceName} ${generation}`)
        .digest('hex'),
      TagSpecifications: [
        {
          ResourceType: 'instance',
          Tags: Object.entries(told).map(([Key, Value]) => ({ Key, Value })),
        },
      ],
    });
    try {
      const { Instances } = await this.#inTime('ec2:RunInstances', async (abortSignal) => {
        try {
          return await ec2.send(command, { abortSignal });
        } catch (error) {
          throw launchError(error, launchTemplate);
        }
      });
      return descriptionOf(Instances?.[0] ?? {});
    } catch (error) {
      const isUsedUp = error instanceof AwsRequestError && USED_UP.has(error.awsCode);
      if (!isUsedUp || generation === MAX_GENERATIONS) throw error;
      return this.#launch(instanceName, launchTemplate, tags, generation + 1);
    }
  }

  #list(): Promise<Instance[]> {
    const { ec2: client, name } = this.#options;
    return this.#inTime('ec2:DescribeInstances', async (abortSignal) => {
      const instances: Instance[] = [];
      const input = { Filters: [{ Name: `tag:${FLEET_TAG}`, Values: [name] }] };
      const pages = paginateDescribeInstances({ client, pageSize: PAGE_SIZE }, input, {
        abortSignal,
      });
      for await (const { Reservations = [] } of pages) {
        for (const { Instances = [] } of Reservations) instances.push(...Instances);
      }
      return instances;
    });
  }

  #command(
    action: string,
    ids: readonly string[],
    send: (ids: string[], signal: AbortSignal) => Promise<InstanceStateChange[] | undefined>,
  ): Promise<InstanceResult[]> {
    const call = this.#call(action);
    return this.#inTime(action, (signal) => {
      const command: BatchCall = async (batch) => {
        try {
          return { states: statesOf(await send([...batch], signal)) };
        } catch (error) {
          const refusal = refusalOf(error, call);
          if (refusal === undefined) throw error;
          return { refusal };
        }
      };
      return inBatches(ids, command);
    });
  }

  /** Cuts off what is not done in time; no request of it goes out after that. */
  async #inTime<T>(action: string, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { clock, callMs = FLEET_CALL_MS } = this.#options;
    const call = this.#call(action);
    const cut = new AbortController();
    let timer: unknown;
    const late = new Promise<never>((_, reject) => {
      timer = clock.setTimeout(() => {
        cut.abort();
        reject(new EndpointUnreachableError(call, `no answer in ${callMs / 1000} s`));
      }, callMs);
    });
    try {
      return await Promise.race([run(cut.signal), late]);
    } catch (error) {
      throw awsError(error, call);
    } finally {
      clock.clearTimeout(timer);
    }
  }

  #call(action: string): AwsCall {
    return { action, resource: `the fleet "${this.#options.name}"` };
  }
}

/** EC2 has no code of its own for an instance profile that IAM has made a moment ago. */
export function launchError(error: unknown, launchTemplate: string): unknown {
  const { message = '' } = error as { message?: string };
  return awsCodeOf(error) === 'InvalidParameterValue' && /iam ?instance ?profile/i.test(message)
    ? new InstanceProfileNotVisibleError(launchTemplate)
    : error;
}

const descriptionOf = ({ InstanceId, State, LaunchTime }: Instance): InstanceDescription => ({
  id: InstanceId ?? '',
  state: State?.Name ?? 'pending',
  ...(LaunchTime && { launchedAt: LaunchTime.getTime() }),
});

function statesOf(changes: readonly InstanceStateChange[] = []): Map<string, InstanceState> {
  return new Map(
    changes.map(({ InstanceId, CurrentState }) => [
      InstanceId ?? '',
      CurrentState?.Name ?? 'pending',
    ]),
  );
}

const isAside = ({ Tags = [] }: Instance): boolean => Tags.some(({ Key }) => Key === ASIDE_TAG);

/** The name of an instance that is not gone for good. */
function nameOf({ State, Tags = [] }: Instance): string[] {
  if (State?.Name === 'terminated' || State?.Name === 'shutting-down') return [];
  return Tags.flatMap(({ Key, Value }) => (Key === 'Name' && Value ? [Value] : []));
}
