/** The embedder that a gallery's embeddings come from; others cannot be compared with them. */
export interface EmbeddingModel {
  readonly id: string;
  /** Numbers in one embedding. */
  readonly width: number;
}

/** The name of a face that nobody in the gallery is near enough to. */
export const UNKNOWN = 'unknown';

/** The model of a gallery without faces, which takes on that of its first face. */
export const NO_MODEL: EmbeddingModel = { id: 'none', width: 1 };

export interface EnrolledFace {
  readonly id: string;
  /** Where the original photo is kept, so that another model can embed it anew. */
  readonly photoKey: string;
  /** Hex; tells a photo that is enrolled already. */
  readonly photoSha256: string;
  readonly embedding: Float32Array;
}

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly faces: readonly EnrolledFace[];
}

export interface Match {
  readonly person: Person;
  /** Cosine of the angle between the two embeddings, −1 to 1. */
  readonly similarity: number;
}

/**
 * The people who can be recognised, each with one or more faces. Immutable. The search is exact:
 * one scalar product per enrolled face, over one packed array of unit vectors.
 */
export class Gallery {
  readonly model: EmbeddingModel;
  readonly people: readonly Person[];
  /** Enrolled faces. */
  readonly size: number;
  /** In the order of the people and their faces. */
  readonly #vectors: Float32Array;

  /** @throws RangeError when an embedding is not of the model's width */
  constructor(model: EmbeddingModel, people: readonly Person[]) {
    this.model = model;
    this.people = people;
    const faces = people.flatMap((person) => person.faces);
    this.size = faces.length;
    this.#vectors = new Float32Array(faces.length * model.width);
    let offset = 0;
    for (const { embedding } of faces) {
      if (embedding.length !== model.width) {
        throw new RangeError(
          `An embedding of the model "${model.id}" has ${model.width} numbers, not ${embedding.length}.`,
        );
      }
      this.#vectors.set(unitVector(embedding), offset);
      offset += model.width;
    }
  }

  /** Whether embeddings of `model` can be compared with the gallery's. */
  isOf(model: EmbeddingModel): boolean {
    return model.id === this.model.id && model.width === this.model.width;
  }

  /** The person with the face most similar to `embedding`; `undefined` when nobody is enrolled. */
  search(embedding: Float32Array): Match | undefined {
    return this.nearest(embedding, 1)[0];
  }

  /** The `count` people with the faces most similar to `embedding`, nearest first. */
  nearest(embedding: Float32Array, count: number): Match[] {
    const probe = unitVector(embedding);
    const found: Match[] = [];
    let index = 0;
    for (const person of this.people) {
      let similarity = -Infinity;
      for (const end = index + person.faces.length; index < end; index++) {
        similarity = Math.max(similarity, this.#cosine(index, probe));
      }
      const isNearer = similarity > (found[count - 1]?.similarity ?? -Infinity);
      if (isNearer) insertNearer(found, { person, similarity }, count);
    }
    return found;
  }

  #cosine(index: number, probe: Float32Array): number {
    const start = index * this.model.width;
    let sum = 0;
    for (let i = 0; i < probe.length; i++) {
      sum += (this.#vectors[start + i] as number) * (probe[i] as number);
    }
    return sum;
  }
}

/** Keeps the list in order, and to `count` matches. */
function insertNearer(found: Match[], match: Match, count: number): void {
  const at = found.findIndex(({ similarity }) => match.similarity > similarity);
  found.splice(at < 0 ? found.length : at, 0, match);
  if (found.length > count) found.pop();
}

/** The vector scaled to length 1; a vector of zeros stays as it is. */
export function unitVector(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? vector : vector.map((value) => value / length);
}
