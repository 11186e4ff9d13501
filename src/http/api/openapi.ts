import { z } from 'zod';

import { type HttpErrorCode, STATUS_OF_CODE } from '../errors.ts';
import { grouped } from '../grouped.ts';
import type { Answer, Operation, Role } from './operation.ts';

type Json = Readonly<Record<string, unknown>>;

const ROLES: Readonly<Record<Role, string>> = {
  recognise: 'Needs the role `recognise`, once there was a key with it.',
  people: 'Needs the role `people`; without any key it is for the machine itself.',
  admin: 'Needs the role `admin`; without any key it is for the machine itself.',
};

/** What any operation may be answered with. */
const ALWAYS: readonly HttpErrorCode[] = ['internal', 'unavailable'];

/** What a caller may be told who is not allowed in, by what the role needs. */
const UNALLOWED: readonly HttpErrorCode[] = ['key_needed', 'role_needed', 'too_many_requests'];

const failure = z
  .object({
    id: z.string().meta({ description: "the request's id, which the log knows" }),
    error: z.object({
      code: z.string().meta({ description: 'stable; docs/http.md says what mends it' }),
      message: z.string().meta({ description: 'for people; may change' }),
      details: z
        .record(z.string(), z.unknown())
        .optional()
        .meta({ description: 'what a program may want to know besides, by the code' }),
    }),
  })
  .meta({ id: 'Failure' });

/** The OpenAPI 3.1 document of operations, made of the schemas that validate their requests. */
export function openApiOf(operations: readonly Operation[], version: string): Json {
  const schemas = new Schemas();
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of operations) {
    const path = (paths[operation.path] ??= {});
    path[operation.method] = describe(operation, schemas);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'facefleet',
      version,
      description: 'Face recognition as a service on a fleet that scales itself.',
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: schemas.named,
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'made by `facefleet keys add`' },
      },
    },
  };
}

function describe(operation: Operation, schemas: Schemas): Json {
  const { method, path, summary, role, tag } = operation;
  const body = requestBodyOf(operation, schemas);
  return {
    operationId: [method, ...path.split(/\W+/).filter((word) => word !== '' && word !== 'v1')].join(
      '_',
    ),
    summary,
    tags: [tag],
    ...(role !== undefined && { description: ROLES[role], security: [{}, { key: [] }] }),
    parameters: parametersOf(operation, schemas),
    ...(body && { requestBody: body }),
    responses: responsesOf(operation, schemas),
  };
}

function parametersOf(
  { params, query, headers = {}, answers, isConditional }: Operation,
  schemas: Schemas,
): Json[] {
  return [
    ...schemas.parametersOf(params, 'path'),
    ...schemas.parametersOf(query, 'query'),
    ...Object.entries(headers).map(([name, description]) => header(name, description)),
    ...(isConditional ? [header('If-Match', 'change it only if it still has this ETag')] : []),
    ...(304 in answers ? [header('If-None-Match', 'the ETag that is known already')] : []),
  ];
}

const header = (name: string, description: string): Json => ({
  name,
  in: 'header',
  description,
  schema: { type: 'string' },
});

function requestBodyOf({ body, upload, query }: Operation, schemas: Schemas): Json | undefined {
  if (body !== undefined) {
    return {
      required: true,
      content: { 'application/json': { schema: schemas.of(body, 'input') } },
    };
  }
  if (upload === undefined) return undefined;
  const bytes = { type: 'string', format: 'binary' };
  // Where the query may name a photo in its place, the body may be left out.
  const isRequired = query === undefined || !('request' in query.shape);
  const form = {
    type: 'object',
    properties: { file: bytes },
    ...(isRequired && { required: ['file'] }),
  };
  return {
    required: isRequired,
    content: Object.fromEntries(
      upload.content.map((type) => [
        type,
        { schema: type === 'multipart/form-data' ? form : bytes },
      ]),
    ),
  };
}

function responsesOf(operation: Operation, schemas: Schemas): Json {
  const { answers } = operation;
  const responses: Record<string, Json> = {};
  for (const [status, codes] of grouped(errorsOf(operation), (code) => STATUS_OF_CODE[code])) {
    responses[status] = {
      description: codes.map((code) => `\`${code}\``).join(', '),
      content: { 'application/json': { schema: schemas.of(failure, 'output') } },
    };
  }
  for (const [status, answer] of Object.entries(answers)) {
    responses[status] = { description: answer.description, ...contentOf(answer, schemas) };
  }
  return responses;
}

function contentOf({ json, content }: Answer, schemas: Schemas): Json {
  if (json !== undefined) {
    return { content: { 'application/json': { schema: schemas.of(json, 'output') } } };
  }
  if (content === undefined) return {};
  const bytes = { schema: { type: 'string', format: 'binary' } };
  return { content: Object.fromEntries(content.map((type) => [type, bytes])) };
}

/** Every code that an operation may be answered with, each once. */
export function errorsOf({
  method,
  role,
  params,
  query,
  body,
  errors,
}: Operation): HttpErrorCode[] {
  const takesInput = params ?? query ?? body;
  return [
    ...new Set<HttpErrorCode>([
      ...(takesInput ? (['malformed_request'] as const) : []),
      ...(method === 'get' ? [] : (['cross_origin'] as const)),
      ...(role === undefined ? [] : UNALLOWED),
      ...(role === undefined || role === 'recognise' ? [] : (['admin_only'] as const)),
      ...errors,
      ...ALWAYS,
    ]),
  ];
}

/** JSON Schemas out of zod's; those with an id are kept once, and referred to. */
class Schemas {
  readonly named: Record<string, unknown> = {};

  of(schema: z.ZodType, io: 'input' | 'output'): unknown {
    const { root } = this.#propertiesOf(z.object({ root: schema }), io);
    return root;
  }

  parametersOf(schema: z.ZodObject | undefined, where: 'path' | 'query'): Json[] {
    if (schema === undefined) return [];
    return Object.entries(this.#propertiesOf(schema, 'input')).map(([name, property]) => {
      const { description, ...rest } = property as Json;
      return { name, in: where, required: where === 'path', description, schema: rest };
    });
  }

  #propertiesOf(schema: z.ZodObject, io: 'input' | 'output'): Readonly<Record<string, unknown>> {
    const text = JSON.stringify(z.toJSONSchema(schema, { io, unrepresentable: 'any' }));
    const { properties, $defs } = JSON.parse(
      text.replaceAll('"#/$defs/', '"#/components/schemas/'),
    ) as { properties: Json; $defs?: Json };
    Object.assign(this.named, $defs);
    return properties;
  }
}
