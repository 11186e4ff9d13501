import { createRecognizer } from '../recognition/recognizer.ts';
import { type Check, failed, ok } from './check.ts';
import { drawnFace } from './drawn-face.ts';

/** Whether onnxruntime loads here, and the models find the one face of a drawing. */
export function recognitionCheck(modelsDir: string, embedderId: string): Check {
  return {
    name: 'recognition',
    async look() {
      const recognizer = await createRecognizer({ modelsDir, embedderId });
      try {
        const photo = await recognizer.decode(await drawnFace());
        await recognizer.analyze(photo);
        const start = performance.now();
        const faces = await recognizer.analyze(photo);
        const ms = Math.round(performance.now() - start);
        const isRight = faces.length === 1 && faces.every(({ embedding }) => isUnit(embedding));
        return isRight
          ? ok(`onnxruntime finds the face of the built-in picture in ${ms} ms.`)
          : failed(
              `The built-in picture has 1 face, and ${faces.length} usable ones were found.`,
              'Build the models again: remove models/*.onnx and run npm run models',
            );
      } finally {
        await recognizer.close();
      }
    },
  };
}

const isUnit = (vector: Float32Array): boolean => Math.abs(Math.hypot(...vector) - 1) < 1e-3;
