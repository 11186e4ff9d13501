/** The parts of facefleet that systemd runs, each as the service `facefleet-<part>`. */
export const PARTS = ['web', 'controller', 'worker'] as const;

export type Part = (typeof PARTS)[number];

export const unitOf = (part: Part): string => `facefleet-${part}.service`;

/** A file that systemd reads, and where it comes from in `deploy/systemd/`. */
export interface ServiceFile {
  readonly source: string;
  readonly target: string;
}

const SYSTEM = '/etc/systemd/system';
const COMMON = 'facefleet-.service.d';

/** Where the settings lie that all services share. */
export const SETTINGS_FOLDER = `${SYSTEM}/${COMMON}`;

/** Since this version systemd waits longer after each crash (RestartSteps=, systemd.service(5)). */
const BACKOFF_SINCE = 254;

/** Every file of the services, for a systemd of that version. */
export function serviceFiles(systemdVersion: number): ServiceFile[] {
  const settings = [
    '10-common.conf',
    ...(systemdVersion < BACKOFF_SINCE ? [] : ['20-backoff.conf']),
  ];
  return [
    ...PARTS.map((part) => ({ source: unitOf(part), target: `${SYSTEM}/${unitOf(part)}` })),
    ...settings.map((name) => ({
      source: `${COMMON}/${name}`,
      target: `${SETTINGS_FOLDER}/${name}`,
    })),
    { source: 'sysusers.conf', target: '/etc/sysusers.d/facefleet.conf' },
  ];
}

/** What the units run. */
export interface Program {
  /** Absolute paths. */
  readonly node: string;
  readonly program: string;
}

/** A unit of `deploy/systemd/` with its placeholders filled in. */
export const filledIn = (text: string, { node, program }: Program): string =>
  text.replaceAll('@node@', () => quoted(node)).replaceAll('@program@', () => quoted(program));

/** A word of a command line in a unit ("Command lines", systemd.service(5)). */
const quoted = (path: string): string =>
  /^[\w/.+-]+$/.test(path)
    ? path
    : `"${path.replaceAll(/["\\]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`;
