/** What a receipt handle names: a message, and which receipt of it. */
export interface ReceiptHandle {
  readonly generation: number;
  readonly sequence: number;
  /** The message's receive count at that receipt; the next receipt makes this one stale. */
  readonly receipt: number;
}

const HANDLE = /^(\d+)-(\d+)-(\d+)$/;

export const encodeReceiptHandle = ({ generation, sequence, receipt }: ReceiptHandle): string =>
  `${generation}-${sequence}-${receipt}`;

/** The handle's parts, or `undefined` when no queue ever gave it out. */
export function decodeReceiptHandle(handle: string): ReceiptHandle | undefined {
  const parts = HANDLE.exec(handle);
  if (parts === null) return undefined;
  return { generation: Number(parts[1]), sequence: Number(parts[2]), receipt: Number(parts[3]) };
}
