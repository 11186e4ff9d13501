import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { floats, mapKernel, permute } from '../../models/tensor.ts';

const ordered = fc
  .array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 })
  .chain((dims) =>
    fc.record({
      dims: fc.constant(dims),
      order: fc.shuffledSubarray([...dims.keys()], { minLength: dims.length }),
    }),
  );
const sizeOf = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1);

describe('permute', () => {
  it('moves the element at (i₀, i₁, …) to the place where its indices are in the new order', () => {
    fc.assert(
      fc.property(ordered, ({ dims, order }) => {
        const source = floats(
          dims,
          Array.from({ length: sizeOf(dims) }, (_, i) => i),
        );
        const result = permute(source, order);
        expect(result.dims).toEqual(order.map((axis) => dims[axis]));
        for (const [to, value] of result.data.entries()) {
          const from = indicesOf(value, dims);
          expect(indicesOf(to, result.dims)).toEqual(order.map((axis) => from[axis]));
        }
      }),
    );
  });
});

function indicesOf(flat: number, dims: readonly number[]): number[] {
  let rest = flat;
  return dims
    .toReversed()
    .map((dim) => {
      const index = rest % dim;
      rest = Math.floor(rest / dim);
      return index;
    })
    .toReversed();
}

describe('mapKernel', () => {
  it('tells output and input channel of every weight', () => {
    const kernel = floats([2, 3, 1, 2], Array<number>(12).fill(0));
    const { dims, data } = mapKernel(kernel, (_, output, input) => 10 * output + input);
    expect(dims).toEqual([2, 3, 1, 2]);
    expect([...data]).toEqual([0, 0, 1, 1, 2, 2, 10, 10, 11, 11, 12, 12]);
  });

  it('takes a bias as well', () => {
    const { data } = mapKernel(floats([3], [1, 1, 1]), (weight, output) => weight + output);
    expect([...data]).toEqual([1, 2, 3]);
  });
});
