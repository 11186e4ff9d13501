import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describeDecisions } from '../src/cli/scaling.ts';
import { statecharts } from '../src/machines/machines.ts';
import { mermaidOf } from '../src/machines/mermaid.ts';
import { packageRoot } from '../src/package-root.ts';
import { workedExamples } from '../src/simulation/worked-examples.ts';

const fenced = (language: string, text: string): string =>
  `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;

/** What a marker in a page stands for: `<!-- generated: chart instance -->` … `<!-- end -->`. */
async function contentOf(what: string): Promise<string> {
  const [kind, name = ''] = what.split(' ');
  if (kind === 'decisions') return fenced('', describeDecisions(await workedExamples()));
  if (kind === 'chart' && name in statecharts) {
    return fenced('mermaid', mermaidOf(statecharts[name as keyof typeof statecharts]));
  }
  if (kind === 'example') {
    return fenced('ts', readFileSync(join(packageRoot, 'docs/examples', name), 'utf8'));
  }
  throw new Error(`Nobody knows how to generate "${what}".`);
}

const PART = /(<!-- generated: (.+) -->\n)[^]*?(<!-- end -->)/g;

/** A page with its generated parts made anew. */
export async function generated(page: string): Promise<string> {
  let made = page;
  for (const [part, head = '', what = '', tail = ''] of page.matchAll(PART)) {
    const content = await contentOf(what);
    made = made.replace(part, () => `${head}\n${content}\n\n${tail}`);
  }
  return made;
}
