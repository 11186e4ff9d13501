import { FacefleetError } from '../bus/errors.ts';
import type { Site } from './site.ts';
import type { VcpuQuota } from './vcpu-quota.ts';

/** Why a fleet cannot be made, kept or removed as it is. The same command goes on once that is mended. */
export abstract class ProvisioningError extends FacefleetError {
  /** The command that mends it; without one, it is the same command again. */
  readonly next?: string;
  /** What the same command needs more. */
  readonly flag?: string;

  constructor(message: string, { next, flag }: { next?: string; flag?: string } = {}) {
    super(message);
    if (next !== undefined) this.next = next;
    if (flag !== undefined) this.flag = flag;
  }
}

/** Thrown when something has the name of a part of the fleet, but not its tag. */
export class NotOfThisFleetError extends ProvisioningError {
  readonly code = 'not_of_this_fleet';

  constructor(title: string, fleet: string) {
    super(
      `The ${title} is there already and does not carry the tag facefleet:fleet=${fleet}, so it ` +
        'is left alone. Choose another name (--name, or the flag for this one).',
    );
  }
}

/**
 * Thrown when another account has a bucket of that name, for S3 has each name once in the world; or
 * when these credentials may not look at their own.
 */
export class BucketNameTakenError extends ProvisioningError {
  readonly code = 'bucket_name_taken';

  constructor(bucket: string, flag: string) {
    super(
      `The bucket name "${bucket}" belongs to another account (or s3:GetBucketTagging on it is ` +
        `not allowed). Choose another one with ${flag}, or another --name.`,
      { flag: `${flag} ANOTHER-NAME` },
    );
  }
}

/** Thrown when S3 does not take a name. */
export class BucketNameInvalidError extends ProvisioningError {
  readonly code = 'bucket_name_invalid';

  constructor(bucket: string, flag: string) {
    super(
      `"${bucket}" cannot be a bucket's name: it takes 3 to 63 lower-case letters, digits and hyphens. ` +
        `Choose another one with ${flag}, or another --name.`,
      { flag: `${flag} ANOTHER-NAME` },
    );
  }
}

/** Thrown when the image that instances are to be made of is not there, or not ready. */
export class ImageNotFoundError extends ProvisioningError {
  readonly code = 'image_not_found';

  constructor(imageId: string, region: string, fleet: string) {
    super(
      `There is no image ${imageId} that can be used in ${region}: it is gone, not ready yet, or in ` +
        'another region. Give the id of one that is there.',
      { next: `facefleet bake --name ${fleet} --image-id STOCK-IMAGE` },
    );
  }

  static async of(imageId: string, { clients, names }: Site): Promise<ImageNotFoundError> {
    return new ImageNotFoundError(imageId, await clients.ec2.config.region(), names.fleet);
  }
}

/** Thrown when image and instance type have different processors. */
export class ImageDoesNotFitError extends ProvisioningError {
  readonly code = 'image_does_not_fit';

  constructor(imageId: string, architecture: string, instanceType: string) {
    super(
      `The image ${imageId} is for ${architecture}, which ${instanceType} is not. Choose another ` +
        '--instance-type or --image-id.',
    );
  }
}

/** Thrown when EC2 does not have the instance type here. */
export class InstanceTypeUnknownError extends ProvisioningError {
  readonly code = 'instance_type_unknown';

  constructor(instanceType: string, region: string) {
    super(
      `There is no instance type ${instanceType} in ${region}. Choose another --instance-type.`,
    );
  }
}

/** Thrown when nothing says which network the instances belong to. */
export class NoNetworkError extends ProvisioningError {
  readonly code = 'no_network';

  constructor(subnetId: string | undefined) {
    super(
      subnetId === undefined
        ? 'This account has no default VPC in this region. Choose a subnet with --subnet-id.'
        : `There is no subnet ${subnetId} in this account and region. Choose another --subnet-id.`,
      { next: 'aws ec2 describe-subnets' },
    );
  }
}

/** Thrown when the account may not run one instance more. */
export class QuotaReachedError extends ProvisioningError {
  readonly code = 'quota_reached';

  /** @param wanted - vCPUs that would do for all instances at a time */
  constructor(progress: string, quota: VcpuQuota | undefined, wanted: number) {
    const told = quota === undefined ? '' : `: ${quota.used} of ${quota.limit} run already`;
    super(
      `The account's limit of running vCPUs leaves no room for one instance more${told} ` +
        `(${progress}). Stop what runs, or ask for a higher limit and go on when it is granted.`,
      {
        next:
          quota === undefined
            ? 'aws service-quotas list-service-quotas --service-code ec2'
            : 'aws service-quotas request-service-quota-increase --service-code ec2 ' +
              `--quota-code ${quota.code} --desired-value ${Math.max(wanted, quota.limit + 1)}`,
      },
    );
  }
}

/** Thrown when EC2 has no more instances of that type. */
export class NoCapacityError extends ProvisioningError {
  readonly code = 'no_capacity';

  constructor(progress: string, instanceType: string) {
    super(
      `EC2 has no more ${instanceType} here at the moment (${progress}). Go on later, or with ` +
        'another --instance-type or --subnet-id.',
    );
  }
}

/** Thrown when EC2 ended an instance that was just launched. */
export class InstanceEndedError extends ProvisioningError {
  readonly code = 'instance_ended';

  constructor(id: string, reason = 'EC2 tells no reason') {
    super(`EC2 ended ${id} soon after its launch: ${reason.replace(/\.$/, '')}.`);
  }
}

/** Thrown when an instance does not come to the state that it was told to. */
export class InstanceStuckError extends ProvisioningError {
  readonly code = 'instance_stuck';

  constructor(id: string, why: string) {
    super(`The instance ${id} does not do as it is told (${why.replace(/\.$/, '')}).`, {
      next: `aws ec2 describe-instances --instance-ids ${id}`,
    });
  }
}

/** Thrown when workers do not come up. */
export class WorkerNotReadyError extends ProvisioningError {
  readonly code = 'worker_not_ready';

  constructor(ids: readonly string[]) {
    const [first = ''] = ids;
    super(
      `No worker has become ready on ${ids.join(', ')}, which runs or has stopped. Its console ` +
        'output says why; mend that, terminate the instance, and go on.',
      { next: `aws ec2 get-console-output --latest --output text --instance-id ${first}` },
    );
  }
}

/** Thrown when there is nothing here that an image could be made with. */
export class NoCheckoutError extends ProvisioningError {
  readonly code = 'no_checkout';

  constructor(folder: string) {
    super(
      `${folder} has no package-lock.json, which says what an image has to hold. Run it from a checkout.`,
    );
  }
}

/** Thrown when facefleet could not be installed on a stock image, or its worker does not come up. */
export class BuilderFailedError extends ProvisioningError {
  readonly code = 'builder_failed';

  /** @param told - the end of its console, or nothing */
  constructor(id: string, told: string) {
    super(
      `No worker has become ready on the builder ${id}, which is gone again. ` +
        (told === '' ? 'EC2 has not told what its console said.' : `Its console said:\n${told}`),
    );
  }
}

/** Thrown when EC2 cannot make an image. */
export class ImageFailedError extends ProvisioningError {
  readonly code = 'image_failed';

  constructor(imageId: string, why: string) {
    super(`EC2 could not make the image ${imageId}: ${why.replace(/\.$/, '')}.`);
  }
}

/** Thrown when the making of an image was interrupted; nothing of it is left. */
export class BakeInterruptedError extends ProvisioningError {
  readonly code = 'interrupted';

  constructor() {
    super('The making of the image was interrupted, and what was made for it is removed.');
  }
}

/** Thrown when there is no fleet of that name whose instances could be replaced. */
export class NoFleetError extends ProvisioningError {
  readonly code = 'no_fleet';

  constructor(fleet: string) {
    super(`There is no fleet "${fleet}" in this account and region: it has no launch template.`, {
      next: `facefleet provision --name ${fleet} --image-id AMI`,
    });
  }
}
