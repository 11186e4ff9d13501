import { copyOf, find } from './elements.ts';
import type { Face } from './recognise.ts';

/** A label nearer to an edge than this part of the photo is aligned with its box, to stay inside. */
const EDGE = 0.15;

/** A frame with a name for every face, placed in per cent of the photo: they scale with it. */
export function faceMarks(
  faces: readonly Face[],
  photo: { readonly width: number; readonly height: number },
): HTMLElement[] {
  return faces.map(({ box, name }, index) => {
    const mark = copyOf('#face-mark');
    mark.classList.toggle('unknown', name === 'unknown');
    mark.style.left = percent(box.x / photo.width);
    mark.style.top = percent(box.y / photo.height);
    mark.style.width = percent(box.width / photo.width);
    mark.style.height = percent(box.height / photo.height);

    const middle = (box.x + box.width / 2) / photo.width;
    mark.classList.toggle('at-left', middle < EDGE);
    mark.classList.toggle('at-right', middle > 1 - EDGE);
    mark.classList.toggle('at-bottom', (box.y + box.height) / photo.height > 1 - EDGE);
    find(HTMLElement, '.number', mark).textContent = String(index + 1);
    find(HTMLElement, '.name', mark).textContent = name;
    return mark;
  });
}

/** Shows numbers in the place of the names for as long as a name would cover another or a face. */
export function numberWhereCrowded(stage: HTMLElement): void {
  new ResizeObserver(() => {
    stage.classList.remove('numbered');
    const faces = [...stage.querySelectorAll('.face')];
    const areas = faces.map((face) => ({
      face: face.getBoundingClientRect(),
      label: find(HTMLElement, '.label', face).getBoundingClientRect(),
    }));
    const isCrowded = areas.some((one) =>
      areas.some(
        (other) =>
          other !== one && (overlap(one.label, other.label) || overlap(one.label, other.face)),
      ),
    );
    stage.classList.toggle('numbered', isCrowded);
  }).observe(stage);
}

const overlap = (a: DOMRect, b: DOMRect): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

const percent = (fraction: number): string => `${fraction * 100}%`;
