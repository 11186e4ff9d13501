import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { packageRoot } from '../../package-root.ts';

interface Policy {
  readonly Statement: readonly { readonly Sid: string; readonly Action: string | string[] }[];
}

/** The statements of `deploy/iam/` that allow an action, such as `TakePhotos of deploy/iam/worker.json`. */
export function statementsThatAllow(action: string): string[] {
  const folder = join(packageRoot, 'deploy', 'iam');
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.flatMap((file) => {
    const { Statement } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Policy;
    return Statement.filter(({ Action }) => [Action].flat().includes(action)).map(
      ({ Sid }) => `${Sid} of deploy/iam/${file}`,
    );
  });
}
