import { FacefleetError } from '../bus/errors.ts';

/** Thrown when services are to be installed by somebody who may not do so. */
export class NotRootError extends FacefleetError {
  readonly code = 'not_root';

  constructor() {
    super('Services are for root to install and remove. Put sudo before the command.');
  }
}

/** Thrown when this machine is not run by systemd. */
export class NoSystemdError extends FacefleetError {
  readonly code = 'no_systemd';

  constructor() {
    super(
      'There is no systemd here. Start facefleet at boot by cron instead: ' +
        '@reboot facefleet up (docs/aws.md, "Boot").',
    );
  }
}

/** Thrown when the services would not find their own program. */
export class ProgramOutOfReachError extends FacefleetError {
  readonly code = 'program_out_of_reach';

  constructor(path: string) {
    super(
      `The services run as the user facefleet, who cannot read ${path}. ` +
        'Move it to where everybody can, such as /opt/facefleet, and install from there.',
    );
  }
}

/** Thrown when systemd refuses a step. */
export class SystemdFailedError extends FacefleetError {
  readonly code = 'systemd_failed';

  constructor(command: string, told: string) {
    super(`${command} failed: ${told.trim().split('\n').at(-1) ?? ''}`);
  }
}
