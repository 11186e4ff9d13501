import type { Context } from 'koa';
import { koaBody } from 'koa-body';
import { z } from 'zod';

import { HttpError, type HttpErrorCode } from '../errors.ts';

/** What a caller may do; a key has one or more of them. */
export type Role = 'recognise' | 'people' | 'admin';

/** One way in which an operation answers when all is well. */
export interface Answer {
  readonly description: string;
  /** The body, when it is JSON. */
  readonly json?: z.ZodType;
  /** The types of the body, when it is none. */
  readonly content?: readonly string[];
}

/** A body that is no JSON, which the operation receives itself. */
export interface Upload {
  /** Its media types. */
  readonly content: readonly string[];
}

interface Description {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** As OpenAPI writes it: `/v1/people/{id}`. */
  readonly path: string;
  /** What it does, in a few words. */
  readonly summary: string;
  /** What belongs together: `people`, `requests`, … */
  readonly tag: string;
  /** What a caller needs to be; anybody may when left out. */
  readonly role?: Role;
  readonly answers: Readonly<Record<number, Answer>>;
  /** The codes of the errors that it answers with besides those of every operation. */
  readonly errors: readonly HttpErrorCode[];
  /** What it reads of the request's headers, and what each says. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether it takes `If-Match`. */
  readonly isConditional?: boolean;
  readonly upload?: Upload;
}

interface Definition<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
> extends Description {
  readonly params?: Params;
  readonly query?: Query;
  /** The JSON body. */
  readonly body?: Body;
  readonly handle: (
    ctx: Context,
    input: {
      readonly params: z.infer<Params>;
      readonly query: z.infer<Query>;
      readonly body: z.infer<Body>;
    },
  ) => Promise<void> | void;
}

/** One act of the JSON API: what is said of it in `/openapi.json`, and what validates and does it. */
export interface Operation extends Description {
  readonly params?: z.ZodObject | undefined;
  readonly query?: z.ZodObject | undefined;
  readonly body?: z.ZodType | undefined;
  /** Validates the request, then does what it asks for. @throws HttpError and what the act throws */
  readonly run: (ctx: Context) => Promise<void>;
}

/** Makes an operation of its schemas and what it does with valid input. */
export function operation<
  Params extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodUndefined,
>({ handle, ...definition }: Definition<Params, Query, Body>): Operation {
  const { params, query, body } = definition;
  return {
    ...definition,
    async run(ctx) {
      await handle(ctx, {
        params: valid(params, ctx['params'], 'The path') as z.infer<Params>,
        query: valid(query, ctx.query, 'The query') as z.infer<Query>,
        body: (body && valid(body, await jsonBody(ctx), 'The body')) as z.infer<Body>,
      });
    },
  };
}

function valid(schema: z.ZodType | undefined, value: unknown, what: string): unknown {
  if (schema === undefined) return undefined;
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  throw new HttpError(
    'malformed_request',
    `${what} is not what this address takes: ${error.issues.map(inWords).join('; ')}`,
  );
}

const inWords = ({ path, message }: z.core.$ZodIssue): string =>
  path.length === 0 ? message : `${z.core.toDotPath(path)}: ${message}`;

const readBody = koaBody({ jsonLimit: '64kb', text: false, urlencoded: false });

async function jsonBody(ctx: Context): Promise<unknown> {
  if (!ctx.is('json')) {
    throw new HttpError(
      'malformed_request',
      'The body must be JSON: Content-Type: application/json.',
    );
  }
  try {
    await readBody(ctx, () => Promise.resolve());
  } catch (cause) {
    throw new HttpError('malformed_request', 'The body is no JSON, or longer than 64 kB.', {
      cause,
    });
  }
  return ctx.request.body;
}
