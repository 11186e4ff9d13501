import type { Head } from './history.ts';
import { GONE, lastUntil, stateAt, type Tracks } from './tracks.ts';

/**
 * The events of a span as JSON lines, after a snapshot of the fleet before them: an event log that
 * `facefleet replay` opens.
 */
export function jsonLines(tracks: Tracks, from: number, to: number): Blob {
  const events = tracks.between(from, to);
  const first = events[0];
  const instances = [...tracks.tracks.values()].flatMap((track) => {
    const state = stateAt(track, from - 1);
    return state === GONE ? [] : [{ id: track.id, state, since: from, done: 0 }];
  });
  const view: Head['view'] = {
    at: Math.max(from, tracks.from),
    instances,
    decision: lastUntil(tracks.decisions, from - 1)?.event ?? null,
  };
  const snapshot = { v: 1, type: 'snapshot', seq: (first?.seq ?? tracks.lastSeq + 1) - 1, view };
  const lines = [snapshot, ...events].map((line) => `${JSON.stringify(line)}\n`);
  return new Blob(lines, { type: 'application/jsonl' });
}

/** Canvases beneath each other as one picture. */
export function pictureOf(canvases: readonly HTMLCanvasElement[], paper: string): Promise<Blob> {
  const width = Math.max(...canvases.map((canvas) => canvas.width));
  const picture = new OffscreenCanvas(
    width,
    canvases.reduce((sum, { height }) => sum + height, 0),
  );
  const context = picture.getContext('2d') as OffscreenCanvasRenderingContext2D;
  context.fillStyle = paper;
  context.fillRect(0, 0, picture.width, picture.height);
  let top = 0;
  for (const canvas of canvases) {
    context.drawImage(canvas, 0, top);
    top += canvas.height;
  }
  return picture.convertToBlob({ type: 'image/png' });
}

/** An SVG that stands by itself as a picture, twice as fine as it is large. */
export async function pictureOfSvg(svg: string, paper: string): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = new OffscreenCanvas(image.naturalWidth * 2, image.naturalHeight * 2);
    const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
    context.fillStyle = paper;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await canvas.convertToBlob({ type: 'image/png' });
  } finally {
    URL.revokeObjectURL(url);
  }
}
