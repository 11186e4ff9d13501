import {
  BucketDoesNotExistError,
  FacefleetError,
  QueueDoesNotExistError,
  ServiceUnavailableError,
} from '../../bus/errors.ts';
import { statementsThatAllow } from './policy-statements.ts';

/** What was asked of AWS, in the words of its policies. */
export interface AwsCall {
  /** Such as `sqs:SendMessage`: the action that a policy has to allow. */
  readonly action: string;
  /** Name of the queue, bucket or fleet. */
  readonly resource: string;
}

/** Thrown when the credentials in use do not allow an action. */
export class AccessDeniedError extends ServiceUnavailableError {
  readonly code = 'aws_access_denied';
  readonly action: string;
  readonly resource: string;

  constructor({ action, resource }: AwsCall) {
    const statements = statementsThatAllow(action);
    super(
      `These credentials do not allow ${action} on ${resource}. Add it to the role's policy` +
        `${statements.length > 0 ? `: statement ${statements.join(', or ')}` : ''}.`,
    );
    this.action = action;
    this.resource = resource;
  }
}

/** Thrown when temporary credentials have run out. */
export class CredentialsExpiredError extends ServiceUnavailableError {
  readonly code = 'aws_credentials_expired';

  constructor() {
    super('The AWS credentials have expired. Sign in again, or use the role of the instance.');
  }
}

/** Thrown when there are no credentials, or AWS does not know them. */
export class CredentialsInvalidError extends ServiceUnavailableError {
  readonly code = 'aws_credentials_invalid';

  constructor() {
    super(
      'There are no AWS credentials that AWS accepts. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and ' +
        'AWS_SECRET_ACCESS_KEY, or give the instance a role.',
    );
  }
}

/** Thrown when the clock of this machine is too far from AWS's to sign requests. */
export class ClockSkewError extends ServiceUnavailableError {
  readonly code = 'aws_clock_skew';

  constructor() {
    super(
      "This machine's clock is minutes away from AWS's. Set it right, for example with chrony.",
    );
  }
}

/** Thrown when no region is set, or the resource lies in another one. */
export class WrongRegionError extends ServiceUnavailableError {
  readonly code = 'aws_wrong_region';

  constructor(resource: string, region: string | undefined) {
    super(
      region === undefined
        ? 'No AWS region is set. Set AWS_REGION, such as AWS_REGION=eu-west-1.'
        : `${resource} lies in the region ${region}. Set AWS_REGION=${region}.`,
    );
  }
}

/** Thrown when no connection to AWS can be made, or it breaks. */
export class EndpointUnreachableError extends ServiceUnavailableError {
  readonly code = 'aws_unreachable';

  constructor({ action, resource }: AwsCall, why: string) {
    super(
      `AWS cannot be reached for ${action} on ${resource} (${why}). ` +
        'Check the network, AWS_REGION and AWS_ENDPOINT_URL.',
    );
  }
}

/** Thrown when AWS asks to be called less often. */
export class ThrottledError extends ServiceUnavailableError {
  readonly code = 'aws_throttled';
  /** AWS's own word for it. */
  readonly awsCode: string;

  constructor({ action, resource }: AwsCall, awsCode: string) {
    super(`AWS has had too many calls of ${action} on ${resource} (${awsCode}).`);
    this.awsCode = awsCode;
  }
}

/** Thrown when a queue is to be purged that is being purged: SQS takes a minute for it. */
export class PurgeInProgressError extends ServiceUnavailableError {
  readonly code = 'purge_in_progress';

  constructor(queue: string) {
    super(`The queue "${queue}" is being purged already. Purge it again in a minute.`);
  }
}

/** Thrown when requests that fail again and again would have nowhere to go. */
export class DeadLetterQueueMissingError extends ServiceUnavailableError {
  readonly code = 'dead_letter_queue_missing';

  constructor(queue: string) {
    super(
      `The queue "${queue}" has no dead-letter queue. Give it a redrive policy (maxReceiveCount 5).`,
    );
  }
}

/** Thrown when a bucket does not keep the earlier versions of its objects. */
export class BucketNotVersionedError extends ServiceUnavailableError {
  readonly code = 'bucket_not_versioned';

  constructor(bucket: string) {
    super(`The bucket "${bucket}" keeps no versions. Turn on its versioning.`);
  }
}

/** Thrown when EC2 does not see the instance profile of a launch template, which IAM may have made just now. */
export class InstanceProfileNotVisibleError extends ServiceUnavailableError {
  readonly code = 'aws_instance_profile_not_visible';

  constructor(launchTemplate: string) {
    super(
      `EC2 does not see the instance profile of the launch template "${launchTemplate}" (yet). ` +
        'Try again in a minute.',
    );
  }
}

/** Thrown when AWS refuses or fails a call in a way that has no class of its own here. */
export class AwsRequestError extends ServiceUnavailableError {
  readonly code = 'aws_request_failed';
  /** AWS's own word for it. */
  readonly awsCode: string;

  constructor({ action, resource }: AwsCall, awsCode: string, requestId: string | undefined) {
    const request = requestId === undefined ? '' : `, request ${requestId}`;
    super(`AWS failed ${action} on ${resource}: ${awsCode}${request}.`);
    this.awsCode = awsCode;
  }
}

/** The parts of an SDK error that say what happened. Its message may quote what was signed. */
interface SdkError {
  readonly name?: string;
  /** Of Node: `ECONNREFUSED`, … */
  readonly code?: string;
  readonly message?: string;
  /** S3's, when it knows where the bucket is. */
  readonly Region?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $response?: { readonly headers?: Readonly<Record<string, string | undefined>> };
}

const DENIED = new Set(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation']);
const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired']);
const INVALID = new Set([
  'AuthFailure',
  'CredentialsProviderError',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSecurity',
  'InvalidToken',
  'MissingAuthenticationToken',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClientException',
]);
const SKEWED = new Set(['RequestTimeTooSkewed', 'RequestExpired', 'RequestInTheFuture']);
/** Why something that should be there is not. */
export const ELSEWHERE_HINT = 'Is this the right account, region (AWS_REGION) and fleet (--name)?';

const ELSEWHERE = new Set([
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
  'PermanentRedirect',
  'TemporaryRedirect',
]);
const THROTTLED = new Set([
  'OverLimit',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
]);
const UNREACHABLE = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'TimeoutError',
]);

/** AWS's own word for what happened, such as `NoSuchBucket`; a status when there is no word. */
export function awsCodeOf(error: unknown): string {
  const { name, code, $metadata } = error as SdkError;
  if (code !== undefined && UNREACHABLE.has(code)) return code;
  const status = $metadata?.httpStatusCode;
  const isWordless = name === undefined || name === 'Error' || name === 'Unknown';
  return isWordless ? String(status ?? code ?? 'unknown') : name;
}

/**
 * Our error for what the SDK threw. It keeps neither the SDK's message nor the error itself: both
 * may hold what was signed and by whom.
 */
export function awsError(error: unknown, call: AwsCall): FacefleetError {
  if (error instanceof FacefleetError) return error;
  const { message = '', Region, $metadata, $response } = error as SdkError;
  const code = awsCodeOf(error);
  const status = $metadata?.httpStatusCode;
  if (code === 'QueueDoesNotExist')
    return new QueueDoesNotExistError(call.resource, ELSEWHERE_HINT);
  if (code === 'NoSuchBucket') return new BucketDoesNotExistError(call.resource, ELSEWHERE_HINT);
  // SQS says of a clock that is wrong that the signature is.
  const isSkewed = code === 'SignatureDoesNotMatch' && /expired|not yet current/i.test(message);
  if (isSkewed || SKEWED.has(code)) return new ClockSkewError();
  if (EXPIRED.has(code)) return new CredentialsExpiredError();
  if (INVALID.has(code)) return new CredentialsInvalidError();
  // A HEAD has no body that could say more than its status.
  if (ELSEWHERE.has(code) || status === 301) {
    return new WrongRegionError(
      call.resource,
      Region ?? $response?.headers?.['x-amz-bucket-region'],
    );
  }
  if (/^Region (is missing|not accepted)/.test(message)) {
    return new WrongRegionError(call.resource, undefined);
  }
  if (DENIED.has(code) || status === 403) return new AccessDeniedError(call);
  if (THROTTLED.has(code)) return new ThrottledError(call, code);
  if (UNREACHABLE.has(code)) return new EndpointUnreachableError(call, code);
  return new AwsRequestError(call, code, $metadata?.requestId);
}

/** Waits for an answer of AWS; what it throws instead is thrown as one of our errors. */
export async function answerTo<T>(call: AwsCall, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw awsError(error, call);
  }
}
