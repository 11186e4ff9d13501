import { alignFace } from './alignment.ts';
import type { Bitmap, Box } from './bitmap.ts';
import { detectFaces } from './detector.ts';
import { embedFace } from './embedder.ts';
import { GalleryModelMismatchError } from './errors.ts';
import { FACE_TEMPLATES } from './face-templates.ts';
import { isFineEnough, planViews } from './face-views.ts';
import { type EmbeddingModel, type Gallery, UNKNOWN } from './gallery.ts';
import { findLandmarks } from './landmarks.ts';
import { readModelSet } from './model-manifest.ts';
import type { EmbedderDescription } from './model-manifest.ts';
import type { ScoredBox } from './nms.ts';
import { OnnxModel } from './onnx-model.ts';
import { Photo } from './photo.ts';
import { boxInPhoto, boxInView } from './view.ts';
import type { View } from './view.ts';

/** The steps of recognising, in their order; `view` decodes again for small faces. */
export type Stage = 'detect' | 'view' | 'landmarks' | 'align' | 'embed' | 'match';

/** Hears how long a step took that has just ended, in milliseconds, time spent waiting for others included. */
export type OnStage = (stage: Stage, milliseconds: number) => void;

export interface RecognizerOptions {
  /** Folder with `manifest.json` and the ONNX files. */
  readonly modelsDir: string;
  /** The manifest's first embedder when left out. */
  readonly embedderId?: string;
}

/** A face found in a photo. */
export interface AnalyzedFace {
  /** In pixels of the upright photo. */
  readonly box: Box;
  /** The detector's confidence, 0 to 1. */
  readonly score: number;
  /** A unit vector. */
  readonly embedding: Float32Array;
}

/** A face found in a photo and who it is. */
export interface IdentifiedFace {
  readonly box: Box;
  readonly score: number;
  /** `unknown` when nobody in the gallery is near enough. */
  readonly name: string;
  /** Cosine to the nearest person, −1 to 1; null when the gallery is empty. */
  readonly similarity: number | null;
  /** The people who look most like it, nearest first, whether near enough or not. */
  readonly nearest: readonly NearPerson[];
}

/** A person of the gallery as seen from a face. */
export interface NearPerson {
  readonly name: string;
  /** Cosine to the most similar face of that person, −1 to 1. */
  readonly similarity: number;
}

/** As many people are told of each face: enough to find a wrong name's right one. */
const NEAREST = 3;

/** Photos in, faces out. Several photos may be in flight at once. */
export interface Recognizer {
  readonly embedder: EmbeddingModel & {
    /** The least similarity of two photos of one person. */
    readonly threshold: number;
  };
  /** @throws PhotoError when the photo cannot be read */
  decode(bytes: Uint8Array): Promise<Photo>;
  /** The faces of a photo, largest first. @throws PhotoError */
  analyze(photo: Photo, onStage?: OnStage): Promise<AnalyzedFace[]>;
  /** The faces of a photo with their names, largest first. @throws GalleryModelMismatchError */
  recognize(photo: Photo, gallery: Gallery, onStage?: OnStage): Promise<IdentifiedFace[]>;
  close(): Promise<void>;
}

/** @throws ModelUnavailableError when a model is missing or not in the manifest */
export async function createRecognizer(options: RecognizerOptions): Promise<Recognizer> {
  const { embedder, ...paths } = await readModelSet(options.modelsDir, options.embedderId);
  const [detector, landmarks, embedding] = await Promise.all([
    OnnxModel.load(paths.detectorPath),
    OnnxModel.load(paths.landmarksPath),
    OnnxModel.load(paths.embedderPath),
  ]);
  return new FaceRecognizer(embedder, { detector, landmarks, embedding });
}

interface Models {
  readonly detector: OnnxModel;
  readonly landmarks: OnnxModel;
  readonly embedding: OnnxModel;
}

class FaceRecognizer implements Recognizer {
  readonly embedder: EmbedderDescription;
  readonly #models: Models;

  constructor(embedder: EmbedderDescription, models: Models) {
    this.embedder = embedder;
    this.#models = models;
  }

  decode(bytes: Uint8Array): Promise<Photo> {
    return Photo.decode(bytes);
  }

  async analyze(photo: Photo, onStage?: OnStage): Promise<AnalyzedFace[]> {
    const { preview } = photo;
    const found = await timed('detect', onStage, () => this.#detect(preview));
    const previewScale = preview.bitmap.width / photo.width;
    const clear = found.filter(({ box }) => isFineEnough(box, previewScale));
    const faces = await this.#embedAll(clear, preview, onStage);
    for (const plan of planViews(found.filter((face) => !clear.includes(face)))) {
      const view = await timed('view', onStage, () => photo.view(plan.area, plan.scale));
      faces.push(...(await this.#embedAll(plan.faces, view, onStage)));
    }
    return faces.toSorted((one, other) => areaOf(other.box) - areaOf(one.box));
  }

  async recognize(photo: Photo, gallery: Gallery, onStage?: OnStage): Promise<IdentifiedFace[]> {
    if (gallery.size > 0 && !gallery.isOf(this.embedder)) {
      throw new GalleryModelMismatchError(gallery.model, this.embedder);
    }
    const faces = await this.analyze(photo, onStage);
    return timed('match', onStage, () => faces.map((face) => this.#identify(face, gallery)));
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.#models).map((model: OnnxModel) => model.close()));
  }

  /** The faces in pixels of the photo. */
  async #detect(preview: View): Promise<ScoredBox[]> {
    const found = await detectFaces(this.#models.detector, preview.bitmap);
    return found.map(({ box, score }) => ({ box: boxInPhoto(box, preview), score }));
  }

  async #embedAll(
    found: readonly ScoredBox[],
    view: View,
    onStage?: OnStage,
  ): Promise<AnalyzedFace[]> {
    const faces: AnalyzedFace[] = [];
    for (const { box, score } of found) {
      const embedding = await this.#embed(boxInView(box, view), view.bitmap, onStage);
      faces.push({ box, score, embedding });
    }
    return faces;
  }

  async #embed(box: Box, bitmap: Bitmap, onStage?: OnStage): Promise<Float32Array> {
    const { size, template } = this.embedder;
    const { landmarks: landmarkModel, embedding } = this.#models;
    const landmarks = await timed('landmarks', onStage, () =>
      findLandmarks(landmarkModel, bitmap, box),
    );
    const aligned = await timed('align', onStage, () =>
      alignFace(bitmap, landmarks, FACE_TEMPLATES[template], size),
    );
    return timed('embed', onStage, () => embedFace(embedding, aligned, this.embedder));
  }

  #identify({ box, score, embedding }: AnalyzedFace, gallery: Gallery): IdentifiedFace {
    const matches = gallery.nearest(embedding, NEAREST);
    const [match] = matches;
    const isNear = match !== undefined && match.similarity >= this.embedder.threshold;
    return {
      box,
      score,
      name: isNear ? match.person.name : UNKNOWN,
      similarity: match?.similarity ?? null,
      nearest: matches.map(({ person, similarity }) => ({ name: person.name, similarity })),
    };
  }
}

async function timed<T>(
  stage: Stage,
  onStage: OnStage | undefined,
  step: () => T | Promise<T>,
): Promise<T> {
  const start = performance.now();
  const result = await step();
  onStage?.(stage, performance.now() - start);
  return result;
}

const areaOf = ({ width, height }: Box): number => width * height;
