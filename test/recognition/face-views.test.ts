import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isFineEnough, planViews } from '../../src/recognition/face-views.ts';

const face = fc
  .record({
    x: fc.double({ min: -20, max: 8000, noNaN: true }),
    y: fc.double({ min: -20, max: 6000, noNaN: true }),
    width: fc.double({ min: 10, max: 2000, noNaN: true }),
    height: fc.double({ min: 10, max: 2000, noNaN: true }),
  })
  .map((box) => ({ box }));

describe('planning finer views of small faces', () => {
  it('shows every face once, whole, with room around it and finely enough', () => {
    fc.assert(
      fc.property(fc.array(face), (faces) => {
        const plans = planViews(faces);
        expect(plans.flatMap((plan) => plan.faces)).toHaveLength(faces.length);
        expect(new Set(plans.flatMap((plan) => plan.faces))).toEqual(new Set(faces));
        for (const { area, scale, faces: shown } of plans) {
          expect(scale).toBeLessThanOrEqual(1);
          for (const { box } of shown) {
            const x = box.x + box.width / 2;
            const y = box.y + box.height / 2;
            const room = box.height * 0.74;
            expect(isFineEnough(box, scale)).toBe(true);
            expect(area.x).toBeLessThan(x - room);
            expect(area.x + area.width).toBeGreaterThan(x + room);
            expect(area.y).toBeLessThan(y - room);
            expect(area.y + area.height).toBeGreaterThan(y + room);
          }
        }
      }),
    );
  });

  it('keeps each view of several faces below two million pixels', () => {
    fc.assert(
      fc.property(fc.array(face), (faces) => {
        for (const { area, scale, faces: shown } of planViews(faces)) {
          const pixels = area.width * area.height * scale ** 2;
          expect(shown.length === 1 || pixels <= 2e6).toBe(true);
        }
      }),
    );
  });

  it('sees neighbours in one view', () => {
    const row = [0, 1, 2, 3].map((i) => ({ box: { x: i * 300, y: 100, width: 80, height: 100 } }));
    expect(planViews(row)).toHaveLength(1);
  });

  it('needs 112 pixels of a face, or all there are', () => {
    const box = { x: 0, y: 0, width: 200, height: 224 };
    expect(isFineEnough(box, 0.5)).toBe(true);
    expect(isFineEnough(box, 0.49)).toBe(false);
    expect(isFineEnough({ ...box, height: 20 }, 1)).toBe(true);
  });
});
