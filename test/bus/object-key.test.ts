import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { objectKeyOf } from '../../src/bus/object-key.ts';

describe('the object key of a file name', () => {
  it.each([
    ['photo.jpg', 'photo.jpg'],
    ['Ada Lovelace (1).jpg', 'Ada Lovelace (1).jpg'],
    ['../../etc/passwd', '%2E%2E%2F..%2Fetc%2Fpasswd'],
    ['..', '%2E%2E'],
    ['a/b', 'a%2Fb'],
    ['a\0b', 'a%00b'],
    ['100%.jpg', '100%25.jpg'],
    ['', '%'],
  ])('%j is %j', (fileName, key) => {
    expect(objectKeyOf(fileName)).toBe(key);
  });

  it('is always a key that a store takes as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 3000, size: 'max' }), (fileName) => {
        const key = objectKeyOf(fileName);
        expect(Buffer.byteLength(key)).toBeLessThanOrEqual(1024);
        expect(key).toMatch(/^[^./\0][^/\0]*$/);
      }),
    );
  });

  it('is never the same for two names', () => {
    const name = fc.oneof(
      fc.string({ unit: fc.constantFrom('%', '2', 'E', '.', '~', 'a', ' ') }),
      fc.string({ unit: 'grapheme' }),
      fc.nat(3).map((n) => '🙂'.repeat(300) + n),
    );
    fc.assert(
      fc.property(name, name, (one, other) => {
        fc.pre(one !== other);
        expect(objectKeyOf(one)).not.toBe(objectKeyOf(other));
      }),
    );
  });
});
