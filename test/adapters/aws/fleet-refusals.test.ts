import { describe, expect, it } from 'vitest';

import { refusalOf } from '../../../src/adapters/aws/fleet-refusals.ts';

const CALL = { action: 'ec2:StartInstances', resource: 'the fleet "test"' };

/** An error as the SDK throws it. */
const thrown = (name: string, httpStatusCode?: number): Error =>
  Object.assign(new Error('EC2 says no.'), {
    name,
    ...(httpStatusCode !== undefined && { $metadata: { httpStatusCode } }),
  });

describe('what EC2 refuses', () => {
  it.each([
    ['IncorrectInstanceState', 400, 'some', /state/],
    ['InvalidInstanceID.NotFound', 400, 'some', /no such instance/],
    ['InvalidInstanceID.Malformed', 400, 'some', /no such instance/],
    ['OperationNotPermitted', 400, 'some', /protect/],
    ['UnsupportedOperation', 400, 'some', /cannot be stopped/],
    ['InsufficientInstanceCapacity', 500, 'number', /no more instances of this type/],
    ['InstanceLimitExceeded', 400, 'number', /--max-instances/],
    ['VcpuLimitExceeded', 400, 'number', /--max-instances/],
    ['MaxSpotInstanceCountExceeded', 400, 'number', /--max-instances/],
    ['RequestLimitExceeded', 503, 'call', /too many calls/],
    ['UnauthorizedOperation', 403, 'call', /ec2:StartInstances.*deploy\/iam/],
    ['ExpiredToken', 400, 'call', /expired/],
    ['AuthFailure', 401, 'call', /credentials/],
    ['RequestExpired', 400, 'call', /clock/],
    ['SomethingNew', 400, 'call', /SomethingNew/],
  ])('%s (%i) is about %s, and says what to do', (name, status, reach, message) => {
    const refusal = refusalOf(thrown(name, status), CALL);
    expect(refusal).toMatchObject({ code: name, reach });
    expect(refusal?.message).toMatch(message);
    // EC2's own message may quote what was signed.
    expect(refusal?.message).not.toContain('EC2 says no.');
  });

  it.each([
    ['InternalError', 500],
    ['Unavailable', 503],
    ['TimeoutError', undefined],
    ['AbortError', undefined],
  ])('is not known after %s: it may have been done', (name, status) => {
    expect(refusalOf(thrown(name, status), CALL)).toBeUndefined();
  });
});
