import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';

import type { Config } from './config.ts';

export type { Logger } from 'pino';

/**
 * The process's log, on standard error: JSON lines, or readable ones when that is a terminal.
 * Every line names the role that wrote it.
 */
export function createLog(
  { logLevel }: Config<'logLevel'>,
  role: Readonly<Record<string, string>>,
): Logger {
  const options = { level: logLevel, base: role, timestamp: pino.stdTimeFunctions.isoTime };
  const stream = process.stderr.isTTY
    ? pretty({ destination: 2, sync: true, ignore: 'hostname', translateTime: 'SYS:HH:MM:ss.l' })
    : pino.destination({ dest: 2, sync: true });
  return pino(options, stream);
}
