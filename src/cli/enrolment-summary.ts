import type { EnrolmentResult } from '../people/enrolment.ts';
import type { PersonPhoto } from '../people/photo-folder.ts';

export interface EnrolmentReport {
  readonly results: ReadonlyMap<PersonPhoto, EnrolmentResult>;
  /** How many photos were not looked at, for Ctrl-C. */
  readonly left: number;
  /** Who was in the gallery before. */
  readonly knownBefore: ReadonlySet<string>;
  /** How many are in it now. */
  readonly people: number;
  /** The data folder or the bucket. */
  readonly place: string;
}

/** More names than this would push what matters off the screen. */
const NAMES_TOLD = 20;

/** What an enrolment came to, for a terminal. */
export function enrolmentSummary(report: EnrolmentReport): string {
  const { results, left, knownBefore, people, place } = report;
  const outcomes = [...results];
  const photosOf = (kind: EnrolmentResult['kind']): PersonPhoto[] =>
    outcomes.flatMap(([photo, result]) => (result.kind === kind ? [photo] : []));
  const already = photosOf('already_enrolled').length;
  const skipped = outcomes.flatMap(([{ file }, result]) =>
    result.kind === 'skipped' ? [`  ${file}: ${result.reason}`] : [],
  );
  const newNames = [...new Set(photosOf('enrolled').map(({ person }) => person))].filter(
    (name) => !knownBefore.has(name),
  );
  return [
    `${counted(photosOf('enrolled').length, 'face')} enrolled, ` +
      `${already} ${already === 1 ? 'was' : 'were'} there already, ` +
      `${counted(skipped.length, 'photo')} skipped.`,
    ...skipped,
    ...(newNames.length > 0 ? [`New in the gallery: ${listed(newNames)}.`] : []),
    ...newNames.filter(isNumber).map(numberWarning),
    `The gallery in ${place} now knows ${counted(people, 'person', 'people')}.`,
    ...(left > 0 ? [`${counted(left, 'photo')} left: run it again to go on.`] : []),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

function listed(names: readonly string[]): string {
  const more = names.length - NAMES_TOLD;
  return `${names.slice(0, NAMES_TOLD).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const isNumber = (name: string): boolean => /^\d+$/.test(name);

const numberWarning = (name: string): string =>
  `Warning: a person is called "${name}" now. If that was one person's folder, enrol the folder ` +
  `above it, and take this one back: facefleet people remove ${name}`;
