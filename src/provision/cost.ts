import { PRICES } from './prices.ts';

export interface FleetSize {
  readonly count: number;
  readonly instanceType: string;
  /** Of one instance. */
  readonly diskGb: number;
  /** Whether the account pays for the image's snapshot. */
  readonly isOwnImage: boolean;
  /** See `wantedBuckets`. */
  readonly photoDays: number;
}

/**
 * What is asked of SQS and S3, as it was counted at an endpoint that passes every call on to moto. The
 * numbers follow from the pace of long polls (20 s, of a worker 5 s), of the controller's look at the
 * queue and the renewal of its lease (5 s), and of a worker's look at the gallery (1 s).
 */
const CALLS = {
  /** By one web tier with its controller, in a month in which nothing happens. */
  upMonth: { sqs: 777_600, s3Writes: 518_400 },
  /** By a worker with nothing to do, in an hour. */
  workerHour: { sqs: 780, s3Reads: 3600 },
  /** For a photo of 500 kB: its message, read and written, is 11 × 64 KiB; and a photo and a result in S3. */
  photo: { sqs: 25, s3Writes: 2 },
} as const;

const PHOTO_GB = 0.0005;
const DAYS_A_MONTH = 30;

/** One sum of an estimate. */
interface Item {
  readonly what: string;
  readonly arithmetic: string;
  /** US dollars. */
  readonly amount: number;
}

/** A month of a fleet whose instances are all stopped. */
export function monthStopped({ count, diskGb, isOwnImage }: FleetSize): Item[] {
  const { diskGbMonth, snapshotGbMonth } = PRICES;
  const disks = {
    what: 'disks',
    arithmetic: `${count} × ${diskGb} GB × $${diskGbMonth}`,
    amount: count * diskGb * diskGbMonth,
  };
  const snapshot = {
    what: 'snapshot of the image',
    arithmetic: `${diskGb} GB × $${snapshotGbMonth}, at most`,
    amount: diskGb * snapshotGbMonth,
  };
  return isOwnImage ? [disks, snapshot] : [disks];
}

/** A month of one web tier with its controller, beside the machine it runs on. */
export function monthOfUp(): Item[] {
  const { sqs, s3Writes } = CALLS.upMonth;
  return [
    calls('SQS', sqs, 'calls', PRICES.sqsMillion),
    calls('S3', s3Writes, 'writes', PRICES.s3WritesMillion),
  ];
}

/** An hour of a fleet whose instances all run; `undefined` when the price of their type is not known. */
export function hourRunning({ count, instanceType }: FleetSize): Item[] | undefined {
  const hour = PRICES.instanceHour[instanceType];
  if (hour === undefined) return undefined;
  const { sqs, s3Reads } = CALLS.workerHour;
  return [
    {
      what: 'instances',
      arithmetic: `${count} × ($${hour} + $${PRICES.addressHour} address)`,
      amount: count * (hour + PRICES.addressHour),
    },
    calls('SQS', count * sqs, 'calls', PRICES.sqsMillion),
    calls('S3', count * s3Reads, 'reads', PRICES.s3ReadsMillion),
  ];
}

/** A thousand photos of 500 kB, kept as versions for as long again as they were current. */
export function thousandPhotos({ photoDays }: Pick<FleetSize, 'photoDays'>): Item[] {
  const { sqs, s3Writes } = CALLS.photo;
  const [gb, days] = [1000 * PHOTO_GB, 2 * photoDays];
  return [
    calls('SQS', 1000 * sqs, 'calls', PRICES.sqsMillion),
    calls('S3', 1000 * s3Writes, 'writes', PRICES.s3WritesMillion),
    {
      what: `S3 for ${days} days`,
      arithmetic: `${gb} GB × $${PRICES.s3GbMonth} a month`,
      amount: (gb * PRICES.s3GbMonth * days) / DAYS_A_MONTH,
    },
  ];
}

const calls = (what: string, count: number, unit: string, million: number): Item => ({
  what,
  arithmetic: `${count.toLocaleString('en')} ${unit} × $${million} a million`,
  amount: (count * million) / 1e6,
});

/** What a fleet costs, with the arithmetic, a line each. */
export function costOf(size: FleetSize): string[] {
  const running = hourRunning(size);
  return [
    'Estimate, by prices of us-east-1 in 2026 (docs/aws.md, "What it costs"):',
    ...lines('a month, all stopped', monthStopped(size)),
    ...(running === undefined
      ? [`an hour, all running: no price of ${size.instanceType} is known here`]
      : lines('an hour, all running', running)),
    ...lines('a month of facefleet up', monthOfUp()),
    ...lines('1,000 photos of 500 kB', thousandPhotos(size)),
  ];
}

const lines = (title: string, items: readonly Item[]): string[] => [
  `${`${title}:`.padEnd(25)}${dollars(sumOf(items))}`,
  ...items.map(
    ({ what, arithmetic, amount }) => `  ${what.padEnd(23)}${dollars(amount)} = ${arithmetic}`,
  ),
];

export const sumOf = (items: readonly Item[]): number =>
  items.reduce((sum, { amount }) => sum + amount, 0);

export const dollars = (amount: number): string => `$${amount.toFixed(2)}`;
