import { ApiError } from '../api.ts';
import { createPerson, enrolRequest, personCalled, removePerson } from '../gallery.ts';
import { confirmed } from '../question.ts';

/**
 * Enrols a face of a request under a name, new or known.
 * @param face - its place among the faces of the photo
 * @returns whether it was enrolled; not when it looks like somebody else and was left out
 * @throws ApiError
 */
export async function nameFace(request: string, face: number, name: string): Promise<boolean> {
  const known = await personCalled(name);
  const person = known ?? (await createPerson(name));
  let isEnrolled = false;
  try {
    isEnrolled = await enrol(false);
  } finally {
    // Nobody is in the gallery without a face.
    if (!isEnrolled && !known) await removePerson(person.id);
  }
  return isEnrolled;

  async function enrol(isConfirmed: boolean): Promise<boolean> {
    try {
      await enrolRequest(person.id, request, { face, isConfirmed });
      return true;
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'face_of_another') throw error;
      const { name: other, similarity } = error.details;
      const isMeant = await confirmed({
        title: `This looks like ${String(other)}`,
        text: `The similarity is ${Number(similarity).toFixed(2)}. From now on the face counts as one of ${name}.`,
        act: `It is ${name}`,
      });
      return isMeant && enrol(true);
    }
  }
}
