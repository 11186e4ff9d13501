import { createRequire } from 'node:module';

/** What package.json says of this package. */
export const packageJson = createRequire(import.meta.url)('#package.json') as {
  readonly version: string;
  readonly description: string;
  readonly engines: { readonly node: string };
};
