/** The part of npm's own configuration loader that is used here; it ships without types. */
declare module '@npmcli/config' {
  export default class Config {
    constructor(options: {
      definitions: object;
      shorthands: object;
      flatten: (settings: object, flat: object) => void;
      /** Folder of npm, for its built-in npmrc. */
      npmPath: string;
      /** Folder whose project has the .npmrc. */
      cwd: string;
      argv: string[];
    });

    /** Reads .npmrc files and the environment. */
    load(): Promise<void>;

    /** The settings as pacote and npm-registry-fetch take them. */
    readonly flat: { registry: string };
  }
}

declare module '@npmcli/config/lib/definitions/index.js' {
  import type Config from '@npmcli/config';

  const npmSettings: Pick<
    ConstructorParameters<typeof Config>[0],
    'definitions' | 'shorthands' | 'flatten'
  >;
  export default npmSettings;
}
