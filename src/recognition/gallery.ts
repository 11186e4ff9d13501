/** The embedder that a gallery's embeddings come from; others cannot be compared with them. */
export interface EmbeddingModel {
  readonly id: string;
  /** Numbers in one embedding. */
  readonly width: number;
}

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
  readonly #vectors: Float32Array;
  /** The person of each vector. */
  readonly #owners: readonly Person[];

  /** @throws RangeError when an embedding is not of the model's width */
  constructor(model: EmbeddingModel, people: readonly Person[]) {
    this.model = model;
    this.people = people;
    this.#owners = people.flatMap((person) => person.faces.map(() => person));
    this.#vectors = new Float32Array(this.#owners.length * model.width);
    let offset = 0;
    for (const { embedding } of people.flatMap((person) => person.faces)) {
      if (embedding.length !== model.width) {
        throw new RangeError(
          `An embedding of the model "${model.id}" has ${model.width} numbers, not ${embedding.length}.`,
        );
      }
      this.#vectors.set(unitVector(embedding), offset);
      offset += model.width;
    }
  }

  /** Enrolled faces. */
  get size(): number {
    return this.#owners.length;
  }

  /** Whether embeddings of `model` can be compared with the gallery's. */
  isOf(model: EmbeddingModel): boolean {
    return model.id === this.model.id && model.width === this.model.width;
  }

  /** The person with the face most similar to `embedding`; `undefined` when nobody is enrolled. */
  search(embedding: Float32Array): Match | undefined {
    const probe = unitVector(embedding);
    let best = 0;
    let similarity = -Infinity;
    for (let index = 0; index < this.size; index++) {
      const candidate = this.#cosine(index, probe);
      if (candidate > similarity) {
        similarity = candidate;
        best = index;
      }
    }
    const person = this.#owners[best];
    return person && { person, similarity };
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

/** The vector scaled to length 1; a vector of zeros stays as it is. */
export function unitVector(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? vector : vector.map((value) => value / length);
}
