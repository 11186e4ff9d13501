import { type AwsCall, awsCodeOf, awsError } from './errors.ts';

/** What EC2 refused for certain: nothing of the call was done. */
export interface Refusal {
  /** EC2's. */
  readonly code: string;
  /** One sentence for a person, with what to do. */
  readonly message: string;
  /** EC2's own message, which may name the instances that it is about. */
  readonly told: string;
  readonly reach: Reach;
}

/**
 * Whom a refusal is about: `some` of the instances, so that the others have to be asked for again;
 * the `number` of them, so that fewer may do; the `call`, whatever its instances.
 */
export type Reach = 'some' | 'number' | 'call';

/** The refusals that have a sentence of their own here, by EC2's codes. */
export const refusals = (): Readonly<Record<string, string>> => ({ ...NUMBER, ...SOME });

const NUMBER: Readonly<Record<string, string>> = {
  InsufficientInstanceCapacity:
    'EC2 has no more instances of this type in this availability zone now. It is tried again; a ' +
    'fleet of several types or zones is refused less often.',
  InsufficientHostCapacity: 'EC2 has no host for one more instance now. It is tried again.',
  InsufficientReservedInstanceCapacity:
    'EC2 has no more reserved instances of this type now. It is tried again.',
  InstanceLimitExceeded:
    "The account's limit of running instances is reached. Ask for more under Service Quotas, or " +
    'set --max-instances lower.',
  MaxSpotInstanceCountExceeded:
    "The account's limit of spot instances is reached. Ask for more under Service Quotas, or set " +
    '--max-instances lower.',
  VcpuLimitExceeded:
    "The account's limit of vCPUs is reached. Ask for more under Service Quotas, or set " +
    '--max-instances lower.',
};

const SOME: Readonly<Record<string, string>> = {
  IncorrectInstanceState: 'The instance is in a state that does not allow it.',
  IncorrectSpotRequestState: 'The spot request of the instance is in a state that forbids it.',
  'InvalidInstanceID.Malformed': 'EC2 has no such instance.',
  'InvalidInstanceID.NotFound': 'EC2 has no such instance (any more, or not yet).',
  OperationNotPermitted: 'The instance is protected. Turn its stop or termination protection off.',
  UnsupportedOperation:
    'The instance cannot be stopped and started, as is so with an instance store and with one-time ' +
    'spot instances. Launch it otherwise.',
};

const THROTTLED = new Set(['RequestLimitExceeded', 'Throttling', 'ThrottlingException']);

/** What EC2 refused, or `undefined` when the call may have worked all the same. */
export function refusalOf(error: unknown, call: AwsCall): Refusal | undefined {
  const code = awsCodeOf(error);
  const { message: told = '', $metadata } = error as {
    message?: string;
    $metadata?: { httpStatusCode?: number };
  };
  const scarce = NUMBER[code];
  if (scarce !== undefined) return { code, told, message: scarce, reach: 'number' };
  const amiss = SOME[code];
  if (amiss !== undefined) return { code, told, message: amiss, reach: 'some' };
  const status = $metadata?.httpStatusCode ?? 0;
  if (!THROTTLED.has(code) && (status < 400 || status >= 500)) return undefined;
  return { code, told, message: awsError(error, call).message, reach: 'call' };
}
