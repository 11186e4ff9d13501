import { randomUUID } from 'node:crypto';
import { type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

import { HttpError, type HttpErrorCode, statusOfCode } from '../http/errors.ts';
import type { HttpLog } from '../http/middleware/request-log.ts';
import type { Connections } from './connections.ts';

/** Answers what never became a request, because it is not HTTP or did not come in time, as any other error. */
export function answerClientErrors(
  server: Server,
  connections: Pick<Connections, 'isInUse'>,
  log: Pick<HttpLog, 'info'>,
): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // A response is on its way there already, or nobody is left to read one.
    if (!socket.writable || connections.isInUse(socket) || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    const { code, message } = refusalOf(error);
    const requestId = randomUUID();
    const status = statusOfCode(code);
    log.info(
      { requestId, status, client: socket.remoteAddress, code, cause: error.code },
      'refused',
    );
    socket.end(responseOf(status, requestId, { code, message }));
  });
}

function refusalOf({ code }: NodeJS.ErrnoException): HttpError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new HttpError('headers_too_large', 'The headers have more than 16 KB. Send fewer.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new HttpError('upload_timeout', 'The request was not there in time. Send it again.');
    default:
      return new HttpError('malformed_request', 'This is no HTTP request that can be read.');
  }
}

function responseOf(
  status: number,
  id: string,
  error: { readonly code: HttpErrorCode; readonly message: string },
): string {
  const body = JSON.stringify({ id, error });
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${id}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
