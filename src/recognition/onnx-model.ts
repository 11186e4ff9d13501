import { InferenceSession, Tensor } from 'onnxruntime-node';

import { ModelUnavailableError } from './errors.ts';

/** The float outputs of one run, by name. */
export type Outputs = (name: string) => Float32Array;

/**
 * A model in onnxruntime, on one thread: several sessions of two threads each on two cores were
 * 3.6 times slower. A run blocks the calling thread, so photos in flight overlap in decoding only.
 */
export class OnnxModel {
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  /** @throws ModelUnavailableError */
  static async load(path: string): Promise<OnnxModel> {
    try {
      const session = await InferenceSession.create(path, {
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        logSeverityLevel: 3,
      });
      return new OnnxModel(session);
    } catch (cause) {
      throw new ModelUnavailableError(
        `The model ${path} cannot be loaded: build it with \`npm run models\`.`,
        { cause },
      );
    }
  }

  /** The name of the output of a model that has one, whatever its makers called it. */
  get firstOutput(): string {
    return this.#session.outputNames[0] ?? 'embedding';
  }

  async run(input: Float32Array | Uint8Array, shape: readonly number[]): Promise<Outputs> {
    const tensor =
      input instanceof Uint8Array
        ? new Tensor('uint8', input, shape)
        : new Tensor('float32', input, shape);
    const [inputName = 'input'] = this.#session.inputNames;
    const outputs = await this.#session.run({ [inputName]: tensor });
    return (name) => {
      const data = outputs[name]?.data;
      if (data instanceof Float32Array) return data;
      throw new ModelUnavailableError(
        `A model gives no float32 output called "${name}": see models/README.md for what it must give.`,
      );
    };
  }

  close(): Promise<void> {
    return this.#session.release();
  }
}
