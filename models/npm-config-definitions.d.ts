/** npm's own settings; @types/npmcli__config does not cover this file of @npmcli/config. */
declare module '@npmcli/config/lib/definitions/index.js' {
  import type Config from '@npmcli/config';

  const npmSettings: Required<Pick<Config.Options, 'definitions' | 'shorthands' | 'flatten'>>;
  export default npmSettings;
}
