import type { Context } from 'koa';
import { z } from 'zod';

import type { PersonView } from '../people-source.ts';
import { isFresh } from './etag.ts';

const face = z
  .object({
    id: z.string(),
    portrait: z.string().meta({ description: 'where the face by itself is' }),
    photo: z.string().meta({ description: 'where the photo is that it was enrolled with' }),
  })
  .meta({ id: 'Face' });

export const person = z
  .object({
    id: z.string(),
    name: z.string(),
    faces: z.array(face).meta({ description: 'in the order in which they were enrolled' }),
  })
  .meta({ id: 'Person' });

export const personName = z.string().meta({
  description: '1 to 255 characters, all of which can be seen; nobody else may have it',
});

export const personParams = z.object({ id: z.string().meta({ description: "the person's id" }) });

export const faceParams = personParams.extend({
  face: z.string().meta({ description: "the face's id" }),
});

/** A person as JSON. */
export const jsonOfPerson = ({ id, name, faces }: PersonView): z.infer<typeof person> => ({
  id,
  name,
  faces: faces.map((each) => ({
    id: each.id,
    portrait: `/v1/people/${id}/faces/${each.id}/portrait`,
    photo: `/v1/people/${id}/faces/${each.id}/photo`,
  })),
});

/** Answers with a person as they are now. */
export function answerPerson(ctx: Context, view: PersonView, status = 200): void {
  if (isFresh(ctx, view.etag) && ctx.method === 'GET') return;
  ctx.status = status;
  ctx.body = jsonOfPerson(view);
  if (status === 201) ctx.set('Location', `/v1/people/${view.id}`);
}
