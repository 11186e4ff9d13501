export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function standardDeviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

/** The value below which a share `p` (0 to 1) of the values lies, by nearest rank. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = Float64Array.from(values).toSorted();
  const rank = Math.min(sorted.length - 1, Math.floor(p * sorted.length));
  return sorted[rank] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The number with as many digits after the point, for a report. */
export const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
