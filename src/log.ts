import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';

import { FacefleetError } from './bus/errors.ts';
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
  const options = {
    level: logLevel,
    base: role,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: told },
  };
  const stream = process.stderr.isTTY
    ? pretty({
        destination: 2,
        sync: true,
        singleLine: true,
        ignore: 'hostname',
        translateTime: 'SYS:HH:MM:ss.l',
      })
    : pino.destination({ dest: 2, sync: true });
  return pino(options, stream);
}

/** What we have a name for is told by its code and sentence; anything else is a bug, with its stack. */
const told = (error: Error): object =>
  error instanceof FacefleetError
    ? { type: error.name, code: error.code, message: error.message }
    : pino.stdSerializers.err(error);
