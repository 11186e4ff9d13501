import { type StatsFs, statfsSync } from 'node:fs';

import { beforeEach, expect, it, vi } from 'vitest';

import { refuseNetworkFileSystem } from '../../src/adapters/local/file-system.ts';

// No test can mount NFS; the kernel's answer is all that is made up here.
vi.mock('node:fs', async (original) => ({
  ...(await original<object>()),
  statfsSync: vi.fn<typeof statfsSync>(),
}));

const kernelSays = (type: number): void => {
  vi.mocked(statfsSync).mockReturnValue({ type } as StatsFs);
};

beforeEach(() => {
  vi.spyOn(process, 'platform', 'get').mockReturnValue('linux');
});

it.each([
  { kind: 'NFS', type: 0x6969 },
  { kind: 'CIFS', type: 0xff534d42 },
  { kind: 'CIFS', type: 0xff534d42 | 0 },
  { kind: 'SMB2', type: 0xfe534d42 },
  { kind: '9P', type: 0x01021997 },
])('a data folder on $kind is refused by name', ({ kind, type }) => {
  kernelSays(type);
  expect(() => refuseNetworkFileSystem('/data')).toThrow(
    expect.objectContaining({
      code: 'network_file_system',
      message: expect.stringContaining(`network file system (${kind})`) as unknown,
    }),
  );
});

it.each([
  { kind: 'ext4', type: 0xef53 },
  { kind: 'tmpfs', type: 0x01021994 },
  { kind: 'XFS', type: 0x58465342 },
  { kind: 'overlayfs', type: 0x794c7630 },
])('a data folder on $kind is fine', ({ type }) => {
  kernelSays(type);
  refuseNetworkFileSystem('/data');
  expect(statfsSync).toHaveBeenCalledWith('/data');
});
