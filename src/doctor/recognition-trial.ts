import { createRecognizer } from '../recognition/recognizer.ts';
import { failed, type Finding, findingOf, ok } from './check.ts';
import { drawnFace } from './drawn-face.ts';

/** The process that `recognitionCheck` starts: prints its finding as JSON. */
const [modelsDir = '', embedderId = ''] = process.argv.slice(2);

async function look(): Promise<Finding> {
  const recognizer = await createRecognizer({ modelsDir, embedderId });
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
}

const isUnit = (vector: Float32Array): boolean => Math.abs(Math.hypot(...vector) - 1) < 1e-3;

const { check: _, ...finding } = await findingOf({ name: 'recognition', look });
process.stdout.write(JSON.stringify(finding));
