import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';

import type { Context } from 'koa';

import { HttpError } from './errors.ts';
import { fileTooLarge, type UploadLimits } from './limits.ts';
import { receiveMultipart } from './multipart.ts';
import type { Share } from './shared-limit.ts';
import { atPace } from './upload-pace.ts';
import { NAMELESS, type UploadedPhoto } from './uploaded-photo.ts';

/** nginx's `lingering_timeout`. */
const LINGER_MS = 5000;

/**
 * Receives the photos that a request carries: the files of a form, or one as the plain body.
 * @throws HttpError
 */
export async function receivePhotos(
  ctx: Context,
  limits: UploadLimits,
  memory: Share,
): Promise<UploadedPhoto[]> {
  const photos = await atPace(limits.pace, (arrived) =>
    receive(ctx, limits, (bytes) => {
      arrived(bytes);
      memory.grow(bytes);
    }),
  );
  if (photos.length === 0) throw noFile(ctx);
  return photos;
}

/**
 * Takes an upload in. When it is refused, the rest of it runs out for a while before the answer: many
 * clients read the answer only when they have sent everything, and a connection that is closed before
 * loses it (RFC 9112, section 9.6).
 */
export async function lingering<T>(request: Readable, upload: () => Promise<T>): Promise<T> {
  try {
    return await upload();
  } catch (error) {
    await drain(request);
    throw error;
  }
}

async function drain(request: Readable): Promise<void> {
  request.resume();
  try {
    await finished(request, { signal: AbortSignal.timeout(LINGER_MS) });
  } catch {
    // The client has gone, or sends on and on: it is answered now.
  }
}

async function receive(
  ctx: Context,
  limits: UploadLimits,
  arrived: (bytes: number) => void,
): Promise<UploadedPhoto[]> {
  if (ctx.is('multipart/form-data')) return receiveMultipart(ctx, limits, arrived);
  if (ctx.is('image/*', 'application/octet-stream', 'application/zip'))
    return [await receiveBody(ctx, limits, arrived)];
  return [];
}

/** A photo as the plain body; its name may stand in the query, `?name=me.jpg`. */
async function receiveBody(
  ctx: Context,
  limits: UploadLimits,
  arrived: (bytes: number) => void,
): Promise<UploadedPhoto> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of ctx.req.iterator({ destroyOnReturn: false })) {
      const { length } = chunk as Buffer;
      bytes += length;
      if (bytes > limits.fileBytes) throw fileTooLarge(limits);
      arrived(length);
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    if (!ctx.req.destroyed) throw error;
    throw new HttpError('abandoned', 'The client went away while it sent the photo.');
  }
  const { name } = ctx.query;
  return {
    fileName: typeof name === 'string' && name !== '' ? name : NAMELESS,
    photo: Buffer.concat(chunks),
  };
}

function noFile(ctx: Context): HttpError {
  return new HttpError('no_file', `${whyNoFile(ctx)}Send it as a file of a form: ${example(ctx)}`);
}

function whyNoFile(ctx: Context): string {
  const hasBody = ctx.is('*/*') !== null && ctx.get('Content-Length') !== '0';
  // The latter is what curl --data-binary says unless it is told otherwise.
  const isUntyped = ctx.get('Content-Type') === '' || ctx.is('application/x-www-form-urlencoded');
  return hasBody && isUntyped
    ? 'The Content-Type does not say that the body is a photo; as a plain body it needs one such as image/jpeg. '
    : 'There is no photo in the request. ';
}

/** Whom the client asked, it said in `Host`; HTTP/1.0 need not say it. */
const example = ({ host, protocol }: Context): string =>
  `curl -F photo=@me.jpg ${host === '' ? 'URL' : `${protocol}://${host}`}`;
