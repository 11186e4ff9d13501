import { GUTTER, MARGIN } from './gantt.ts';
import type { Moment } from './moment.ts';

export const ZOOM = 1.6;

/** Pixels that a hand may tremble. */
const STILL = 4;

/**
 * Lets hands work on a picture of time: a drag pans, a click goes to its moment, the wheel with Ctrl
 * zooms.
 */
export function listenToPicture(
  element: HTMLElement,
  moment: Moment,
  on: { readonly seek: (at: number) => void; readonly change: () => void },
): void {
  let grabbed: { readonly x: number; readonly isMoved: boolean } | undefined;
  const msPerPixel = (): number => moment.width / (element.clientWidth - GUTTER - MARGIN);
  const timeAt = ({ clientX }: MouseEvent): number =>
    moment.span.from + (clientX - element.getBoundingClientRect().left - GUTTER) * msPerPixel();

  element.addEventListener('pointerdown', (event) => {
    element.setPointerCapture(event.pointerId);
    grabbed = { x: event.clientX, isMoved: false };
  });
  element.addEventListener('pointermove', ({ clientX }) => {
    if (!grabbed) return;
    const moved = clientX - grabbed.x;
    if (!grabbed.isMoved && Math.abs(moved) < STILL) return;
    moment.pan(-moved * msPerPixel());
    grabbed = { x: clientX, isMoved: true };
    on.change();
  });
  element.addEventListener('pointerup', (event) => {
    if (grabbed && !grabbed.isMoved) on.seek(timeAt(event));
    grabbed = undefined;
  });
  element.addEventListener('pointercancel', () => (grabbed = undefined));
  element.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      moment.zoom(event.deltaY > 0 ? ZOOM : 1 / ZOOM, timeAt(event));
      on.change();
    },
    { passive: false },
  );
}

/** Calls what belongs to a key, unless somebody is filling in a form. */
export function listenToKeys(acts: Readonly<Record<string, () => void>>): void {
  document.addEventListener('keydown', (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isField = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
    if (isField && target.closest('form')) return;
    // What has the focus has its own use for these.
    if (isField && key !== 'l') return;
    if (target instanceof HTMLButtonElement && key === ' ') return;
    const act = acts[key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
