/** What `test/account/run.ts` tells the suites. */
const told = (name: string): string => process.env[`FACEFLEET_TEST_${name}`] ?? '';

/** What the names of a run begin with. */
export const PREFIX = told('PREFIX');
export const REGION = process.env['AWS_REGION'] ?? '';
/** Without one no instance is launched. */
export const IMAGE = told('IMAGE') === '' ? undefined : told('IMAGE');
export const INSTANCE_TYPE = told('INSTANCE_TYPE');
/** Whether what answers is moto, which differs from AWS in what its own suites know. */
export const IS_MOTO = told('STAND_IN') === 'moto';
