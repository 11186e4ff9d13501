import { ApiError } from '../api.ts';
import { enrolRequest } from '../gallery.ts';
import { confirmed } from '../question.ts';

/**
 * Enrols a face of a request under a name, new or known.
 * @param face - its place among the faces of the photo
 * @returns whether it was enrolled; not when it looks like somebody else and was left out
 * @throws ApiError
 */
export async function nameFace(
  request: string,
  face: number,
  name: string,
  isConfirmed = false,
): Promise<boolean> {
  try {
    await enrolRequest(name, request, { face, isConfirmed });
    return true;
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'face_of_another') throw error;
    const { name: other, similarity } = error.details;
    const isMeant = await confirmed({
      title: `This looks like ${String(other)}`,
      text: `The similarity is ${Number(similarity).toFixed(2)}. From now on the face counts as one of ${name}.`,
      act: `It is ${name}`,
    });
    return isMeant && nameFace(request, face, name, true);
  }
}
