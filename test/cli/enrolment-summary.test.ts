import { expect, it } from 'vitest';

import { type EnrolmentReport, enrolmentSummary } from '../../src/cli/enrolment-summary.ts';
import type { EnrolmentResult } from '../../src/people/enrolment.ts';

const skipped = (reason: string): EnrolmentResult => ({ kind: 'skipped', code: 'no_face', reason });
const already: EnrolmentResult = { kind: 'already_enrolled' };
const enrolled: EnrolmentResult = {
  kind: 'enrolled',
  face: { id: 'f', photoKey: 'k', photoSha256: 's', embedding: Float32Array.of(1) },
};

/** Persons and what became of a photo of each. */
function report(...outcomes: [person: string, result: EnrolmentResult][]): EnrolmentReport {
  return {
    results: new Map(
      outcomes.map(([person, result], index) => [{ file: `${index}.jpg`, person }, result]),
    ),
    left: 0,
    knownBefore: new Set(['Bob']),
    people: 1,
    place: '/d',
  };
}

it('tells who is new, and what was left out and why', () => {
  expect(
    enrolmentSummary({
      ...report(
        ['Ada', enrolled],
        ['Ada', enrolled],
        ['Bob', enrolled],
        ['Bob', already],
        ['Eve', skipped('There is no face on it.')],
      ),
      people: 2,
    }),
  ).toBe(
    '3 faces enrolled, 1 was there already, 1 photo skipped.\n' +
      '  4.jpg: There is no face on it.\n' +
      'New in the gallery: Ada.\n' +
      'The gallery in /d now knows 2 people.\n',
  );
});

it('tells what Ctrl-C left out', () => {
  expect(enrolmentSummary({ ...report(['Bob', already]), left: 2 })).toMatch(
    /\n2 photos left: run it again to go on\.\n$/,
  );
});

it('counts one as one', () => {
  expect(enrolmentSummary(report(['Bob', enrolled]))).toBe(
    '1 face enrolled, 0 were there already, 0 photos skipped.\n' +
      'The gallery in /d now knows 1 person.\n',
  );
});

it('warns of a person whose name is a number, as when the folder was one too deep', () => {
  expect(enrolmentSummary(report(['1', enrolled], ['portrait', enrolled]))).toContain(
    'New in the gallery: 1, portrait.\n' +
      'Warning: a person is called "1" now. If that was one person\'s folder, enrol the folder above ' +
      'it, and take this one back: facefleet people remove 1\n',
  );
});

it('tells twenty names at most', () => {
  const many = Array.from({ length: 23 }, (_, index): [string, EnrolmentResult] => [
    `P${index}`,
    enrolled,
  ]);
  expect(enrolmentSummary(report(...many))).toContain('P18, P19 and 3 more.\n');
});
