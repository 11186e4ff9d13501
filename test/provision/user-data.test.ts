import { spawnSync } from 'node:child_process';

import { describe, expect, it } from 'vitest';

import { type Installation, environmentFile, userData } from '../../src/provision/user-data.ts';
import { shellcheck } from '../shellcheck.ts';

const ENVIRONMENT = { FACEFLEET_WORLD: 'aws', FACEFLEET_NAME: 'facefleet' };

const INSTALL: Installation = {
  nodeVersion: 'v22.12.0',
  nodeDist: 'https://nodejs.org/dist',
  package: { url: "https://bucket/package?X-Amz-Signature='00'", sha256: '0'.repeat(64) },
  lock: { url: 'https://bucket/lock', sha256: '1'.repeat(64) },
};

describe('the user data script', () => {
  it.each([
    ['an image that has it all', undefined],
    ['a stock image', INSTALL],
  ])('is sound for %s', (_, install) => {
    const script = userData({ environment: ENVIRONMENT, ...(install && { install }) });
    const { status, stderr } = spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    // EC2 takes no more.
    expect(Buffer.byteLength(script)).toBeLessThan(16_384);
  });

  it.skipIf(shellcheck === undefined)('leaves shellcheck nothing to say', () => {
    const input = userData({ environment: ENVIRONMENT, install: INSTALL });
    const { stdout } = spawnSync(shellcheck ?? '', ['-'], { input, encoding: 'utf8' });
    expect(stdout).toBe('');
  });

  it('installs nothing on an image that has it all', () => {
    expect(userData({ environment: ENVIRONMENT })).not.toMatch(/curl|npm/);
  });
});

describe('an environment file', () => {
  it('keeps what would mean something to systemd', () => {
    expect(environmentFile({ A: 'a"b\\c$d`e f' })).toBe('A="a\\"b\\\\c\\$d\\`e f"\n');
  });

  it.each([{ 'A B': 'x' }, { A: 'x\nB=y' }])('refuses %j', (variables) => {
    expect(() => environmentFile(variables)).toThrow(RangeError);
  });
});
