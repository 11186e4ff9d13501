/** Two photos of LFW, by their paths in the image folder, and whether they show one person. */
export interface Pair {
  readonly one: string;
  readonly other: string;
  readonly same: boolean;
}

/**
 * Reads LFW's pair format: `N` (one fold) or `folds<TAB>N` on the first line, then for each fold N
 * lines `NAME i j` of one person and N lines `NAME i NAME j` of two.
 * @throws Error when the text has another form
 */
export function parsePairs(text: string): Pair[][] {
  const [head = '', ...lines] = text.split('\n').filter((line) => line.trim() !== '');
  const numbers = head.trim().split(/\s+/).map(Number);
  const perKind = numbers.at(-1) ?? Number.NaN;
  const folds = numbers.length === 2 ? (numbers[0] ?? 1) : 1;
  if (lines.length !== folds * 2 * perKind) {
    throw new Error(
      `The pairs file promises ${folds * 2 * perKind} pairs and has ${lines.length}.`,
    );
  }
  const pairs = lines.map(parsePair);
  return Array.from({ length: folds }, (_, i) =>
    pairs.slice(i * 2 * perKind, (i + 1) * 2 * perKind),
  );
}

function parsePair(line: string): Pair {
  const [name = '', i = '', second = '', j] = line.trim().split(/\s+/);
  return j === undefined
    ? { one: photoPath(name, i), other: photoPath(name, second), same: true }
    : { one: photoPath(name, i), other: photoPath(second, j), same: false };
}

const photoPath = (name: string, number: string): string =>
  `${name}/${name}_${number.padStart(4, '0')}.jpg`;
