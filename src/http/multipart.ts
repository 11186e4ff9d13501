import type { Readable } from 'node:stream';

import { errors, multipart, type Part, type PluginFunction } from 'formidable';
import type { Context } from 'koa';
import { koaBody } from 'koa-body';

import { HttpError } from './errors.ts';
import { fileNameOf } from './file-name.ts';
import { fileTooLarge, requestTooLarge, tooManyFiles, type UploadLimits } from './limits.ts';
import { NAMELESS, type UploadedPhoto } from './uploaded-photo.ts';

/** More than any client sends as the headers of one part. */
const PART_HEADER_BYTES = 16 * 1024;

/**
 * Receives the files of a multipart body, whatever their fields are called, in the order in which
 * they were sent. Fields that are no files are passed over. `arrived` hears of every byte, and may throw.
 * @throws HttpError
 */
export async function receiveMultipart(
  ctx: Context,
  limits: UploadLimits,
  arrived: (bytes: number) => void,
): Promise<UploadedPhoto[]> {
  const photos: UploadedPhoto[] = [];
  const parse = koaBody({
    multipart: true,
    multipartTypes: ['multipart/form-data'],
    json: false,
    text: false,
    urlencoded: false,
    patchKoa: false,
    // Only this parser: formidable chooses one by looking for words in the whole Content-Type, and
    // a boundary may be any word.
    formidable: { enabledPlugins: [multipart, collect(photos, limits, arrived)] },
  });
  try {
    await parse(ctx, () => Promise.resolve());
  } catch (error) {
    throw malformedOr(error);
  }
  // The parser stays as long as the client waits for its answer; the photos must not.
  return photos.splice(0);
}

function malformedOr(error: unknown): unknown {
  if (!(error instanceof errors.default)) return error;
  if (error.code === errors.aborted) {
    return new HttpError('abandoned', 'The client went away while it sent the photo.');
  }
  return new HttpError(
    'malformed_upload',
    'The upload is not well-formed multipart/form-data: its boundary is missing, or the body ends too early. Send it again.',
    { cause: error },
  );
}

/**
 * Tells formidable what a photo is (a part with a file name, even without a Content-Type, or an
 * image even without a file name), keeps photos in memory, and stops it at the limits: it looks at
 * the size of a file only when the whole file is there, and at that of headers never.
 */
function collect(
  photos: UploadedPhoto[],
  limits: UploadLimits,
  arrived: (bytes: number) => void,
): PluginFunction {
  return (form) => {
    const { _parser: parser } = form as unknown as { _parser: Readable | null };
    if (parser === null) return;
    const refuse = (error: unknown): void => {
      // A destroyed parser still works off the chunk in hand.
      parser.removeAllListeners('data');
      parser.destroy(error as Error);
    };

    let seen = 0;
    form.on('progress', (received) => {
      if (received > limits.requestBytes) refuse(requestTooLarge(limits));
      try {
        arrived(received - seen);
        seen = received;
      } catch (error) {
        refuse(error);
      }
    });

    let headerBytes = 0;
    parser.prependListener('data', ({ name, start, end }: ParserEvent) => {
      if (name === 'partBegin') headerBytes = 0;
      if (name === 'headerField' || name === 'headerValue') headerBytes += end - start;
      if (headerBytes > PART_HEADER_BYTES) refuse(partHeaderTooLarge());
    });

    form.onPart = (part) => {
      const fileName = fileNameOf(headersOf(part)['content-disposition'] ?? '');
      const isPhoto = fileName !== undefined || part.mimetype?.startsWith('image/');
      if (!isPhoto) return;

      const chunks: Buffer[] = [];
      let bytes = 0;
      part.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > limits.fileBytes) refuse(fileTooLarge(limits));
        chunks.push(chunk);
      });
      part.on('end', () => {
        // A form sent with no photo chosen has a file without a name and without content.
        if (fileName === '' && bytes === 0) return;
        if (photos.length === limits.files) {
          refuse(tooManyFiles(limits));
          return;
        }
        photos.push({ fileName: fileName || NAMELESS, photo: Buffer.concat(chunks.splice(0)) });
      });
    };
  };
}

/** What formidable's multipart parser emits. */
interface ParserEvent {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The headers of a part, which formidable's declaration does not mention. */
const headersOf = (part: Part): Partial<Record<string, string>> =>
  (part as Part & { headers: Partial<Record<string, string>> }).headers;

function partHeaderTooLarge(): HttpError {
  return new HttpError(
    'malformed_upload',
    'The headers of one part of the upload are too long. Give the file a shorter name.',
  );
}
