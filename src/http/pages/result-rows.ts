import type { Answer } from './recognise.ts';

/** A photo of the page and what the server said about it. */
export interface Result {
  readonly fileName: string;
  readonly answer: Answer;
}

/** The columns of a table of results, as spreadsheets get them. */
export const COLUMNS = [
  'photo',
  'face',
  'name',
  'similarity',
  'score',
  'x',
  'y',
  'width',
  'height',
  'error',
] as const;

type Cell = string | number;
export type Row = Readonly<Partial<Record<(typeof COLUMNS)[number], Cell>>>;

/** A row a face, largest first; one for a photo without any, and one for a photo that failed. */
export function rowsOf(results: readonly Result[]): Row[] {
  return results.flatMap(({ fileName: photo, answer }): Row[] => {
    if ('error' in answer) return [{ photo, error: answer.error.message }];
    if (answer.faces.length === 0) return [{ photo, name: 'no_face' }];
    return answer.faces.map(({ box, name, similarity, score }, index) => ({
      photo,
      face: index + 1,
      name,
      ...(similarity !== null && { similarity: rounded(similarity) }),
      score: rounded(score),
      ...box,
    }));
  });
}

/** Comma-separated values (RFC 4180). */
export const csvOf = (rows: readonly Row[]): string => separated(rows, ',', quoted);

/** What spreadsheets take from the clipboard: tabs between cells, lines between rows. */
export const tabbed = (rows: readonly Row[]): string =>
  separated(rows, '\t', (text) => text.replaceAll(/[\t\r\n]+/g, ' '));

function separated(
  rows: readonly Row[],
  separator: string,
  escape: (text: string) => string,
): string {
  const cells = (row: Row): string =>
    COLUMNS.map((column) => escape(harmless(row[column] ?? ''))).join(separator);
  return [COLUMNS.join(separator), ...rows.map(cells)].map((line) => `${line}\r\n`).join('');
}

const quoted = (text: string): string =>
  /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/** A spreadsheet runs text that begins like a formula; names and file names come from anybody. */
const harmless = (cell: Cell): string =>
  typeof cell === 'string' && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : String(cell);

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
