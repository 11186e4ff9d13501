import { packageJson } from '../package-json.ts';
import { type Check, failed, ok } from './check.ts';

/** Whether this Node is one that facefleet runs on. */
export function nodeVersionCheck(
  version = process.versions.node,
  wanted = packageJson.engines.node,
): Check {
  const least = wanted.replace(/^>=/, '');
  return {
    name: 'Node.js',
    look: () =>
      isAtLeast(version, least)
        ? ok(`Node ${version} is ${least} or newer.`)
        : failed(
            `Node ${version} is too old.`,
            `Install Node ${least} or newer: https://nodejs.org`,
          ),
  };
}

function isAtLeast(version: string, least: string): boolean {
  const [own, wanted] = [version, least].map((text) => text.split('.').map(Number));
  for (const [index, number] of (wanted ?? []).entries()) {
    const difference = (own?.[index] ?? 0) - number;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
