import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { refusals } from '../src/adapters/aws/fleet-refusals.ts';
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
  if (kind === 'ec2-refusals') return refusalTable();
  throw new Error(`Nobody knows how to generate "${what}".`);
}

/** Columns as wide as the formatter makes them. */
function refusalTable(): string {
  const rows = Object.entries(refusals())
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([code, sentence]) => [`\`${code}\``, sentence] as const);
  const table = [['EC2 says', 'what it means, and what mends it'] as const, ...rows];
  const [first, second] = ([0, 1] as const).map((column) =>
    Math.max(...table.map((row) => row[column].length)),
  ) as [number, number];
  const line = ([code, sentence]: readonly [string, string]): string =>
    `| ${code.padEnd(first)} | ${sentence.padEnd(second)} |`;
  const [head, ...body] = table.map(line);
  return [head, `| ${'-'.repeat(first)} | ${'-'.repeat(second)} |`, ...body].join('\n');
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
