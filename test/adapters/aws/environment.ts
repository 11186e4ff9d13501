import { afterAll, beforeAll, vi } from 'vitest';

import { type Moto, type MotoService, startMoto } from '../../moto.ts';

/** Points every AWS client of this process at `url`, where any credentials will do. */
export function useEndpoint(url: string): void {
  vi.stubEnv('AWS_ENDPOINT_URL', url);
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
}

/** Runs moto for the tests of a file, whose AWS clients then speak to it. */
export function useMoto(...services: MotoService[]): void {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto(services);
    useEndpoint(moto.url);
  });
  afterAll(() => moto.stop());
}
