/** A setting that is in force. */
export interface ServiceSetting {
  readonly flag: string;
  /** What kind of value, or in which unit: `folder`, `seconds`. */
  readonly takes: string;
  readonly env: string;
  /** Null when it is not set; a secret only says that it is. */
  readonly value: string | number | null;
  readonly source: 'flag' | 'environment' | 'default';
  readonly description: string;
}

/** What one look at the machine, the queues or the buckets found. */
export interface ServiceFinding {
  /** What was looked at. */
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'failed';
  readonly message: string;
  /** What to do about it. */
  readonly mend?: string | undefined;
}

/** What the service knows of itself. */
export interface ServiceFacts {
  readonly settings: readonly ServiceSetting[];
  readonly check: () => Promise<readonly ServiceFinding[]>;
}
