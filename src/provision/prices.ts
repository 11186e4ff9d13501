/**
 * US dollars, for us-east-1 and Linux on demand, as they were widely quoted in 2026, and not read from
 * AWS's own Price List; other regions cost up to a fifth more. For estimates: AWS's calculator and the
 * bill have the last word.
 */
export const PRICES = {
  /** An hour of one instance, by its type. */
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
  /** An hour of the public address that a running instance has in a default subnet. */
  addressHour: 0.005,
  /** A gigabyte of gp3 disk for a month, whether its instance runs or not. */
  diskGbMonth: 0.08,
  /** A gigabyte of snapshot for a month. */
  snapshotGbMonth: 0.05,
} as const;
