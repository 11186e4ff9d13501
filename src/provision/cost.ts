import { PRICES } from './prices.ts';

export interface FleetSize {
  readonly count: number;
  readonly instanceType: string;
  /** Of one instance. */
  readonly diskGb: number;
}

/** What a fleet costs, with the arithmetic, a line each. An estimate: see `prices.ts`. */
export function costOf({ count, instanceType, diskGb }: FleetSize): string[] {
  const { addressHour, diskGbMonth, snapshotGbMonth } = PRICES;
  const hour = PRICES.instanceHour[instanceType];
  const disks = count * diskGb * diskGbMonth;
  const snapshot = diskGb * snapshotGbMonth;
  return [
    `a month, all stopped:  ${dollars(disks + snapshot)}`,
    `  disks                ${count} × ${diskGb} GB × $${diskGbMonth} = ${dollars(disks)}`,
    `  snapshot of the AMI  ${diskGb} GB × $${snapshotGbMonth} = ${dollars(snapshot)} at most`,
    hour === undefined
      ? `an hour, all running:   no price of ${instanceType} is known here`
      : `an hour, all running:  ${count} × ($${hour} + $${addressHour} address) = ` +
        dollars(count * (hour + addressHour)),
    'Queues and buckets cost by use. Estimated by the prices of us-east-1.',
  ];
}

export const dollars = (amount: number): string => `$${amount.toFixed(2)}`;
