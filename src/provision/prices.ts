/**
 * US dollars, for us-east-1 and Linux on demand, as they were widely quoted in 2026, and not read from
 * AWS's own Price List; other regions cost up to a fifth more, and the free tier is left out. For
 * estimates: AWS's calculator and the bill have the last word. Another price is put in here.
 */
export const PRICES = {
  /** An hour of one instance, by its type (https://aws.amazon.com/ec2/pricing/on-demand/). */
  instanceHour: {
    't3.micro': 0.0104,
    't3.small': 0.0208,
    't3.medium': 0.0416,
    't3.large': 0.0832,
    't4g.small': 0.0168,
    't4g.medium': 0.0336,
    'c6i.large': 0.085,
    'c7i.large': 0.08925,
    'c7g.large': 0.0725,
    'm7i.large': 0.1008,
    'm7g.large': 0.0816,
  } as Readonly<Record<string, number>>,
  /**
   * An hour of the public address that a running instance has in a default subnet
   * (https://aws.amazon.com/vpc/pricing/).
   */
  addressHour: 0.005,
  /** A gigabyte of gp3 disk for a month, whether its instance runs or not (https://aws.amazon.com/ebs/pricing/). */
  diskGbMonth: 0.08,
  /** A gigabyte of snapshot for a month. */
  snapshotGbMonth: 0.05,
  /** A million requests of a standard queue; each 64 KiB of a message count as one (https://aws.amazon.com/sqs/pricing/). */
  sqsMillion: 0.4,
  /** A million PUT or LIST requests, and a million of GET or HEAD (https://aws.amazon.com/s3/pricing/). */
  s3WritesMillion: 5,
  s3ReadsMillion: 0.4,
  /** A gigabyte of S3 Standard for a month. */
  s3GbMonth: 0.023,
} as const;
