import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { refusals } from '../src/adapters/aws/fleet-refusals.ts';
import { describeDecisions } from '../src/cli/scaling.ts';
import { statecharts } from '../src/machines/machines.ts';
import { mermaidOf } from '../src/machines/mermaid.ts';
import { packageRoot } from '../src/package-root.ts';
import {
  costOf,
  dollars,
  hourRunning,
  monthOfUp,
  monthStopped,
  sumOf,
} from '../src/provision/cost.ts';
import { PRICES } from '../src/provision/prices.ts';
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
  if (kind === 'estimate')
    return fenced('', costOf({ ...FLEET, instanceType: 't3.small' }).join('\n'));
  if (kind === 'costs') return costTable();
  throw new Error(`Nobody knows how to generate "${what}".`);
}

function refusalTable(): string {
  const rows = Object.entries(refusals())
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([code, sentence]) => [`\`${code}\``, sentence]);
  return table([['EC2 says', 'what it means, and what mends it'], ...rows]);
}

/** Of the estimates. */
const FLEET = { count: 19, diskGb: 8, isOwnImage: true, photoDays: 30 };
/** How long all of them run on a day of bursts. */
const HOURS_A_DAY = 2;
const DAYS_A_MONTH = 30;

/** What such a fleet costs, by the type of its instances. */
function costTable(): string {
  const rows = Object.entries(PRICES.instanceHour).map(([instanceType, hour]) => {
    const size = { ...FLEET, instanceType };
    const running = sumOf(hourRunning(size) ?? []);
    const idle = sumOf([...monthStopped(size), ...monthOfUp()]);
    const month = idle + running * HOURS_A_DAY * DAYS_A_MONTH;
    return [`\`${instanceType}\``, `$${hour}`, dollars(running), dollars(idle), dollars(month)];
  });
  return table([
    [
      'instance type',
      'an hour of one',
      `an hour of all ${FLEET.count}`,
      'a month, all stopped',
      `a month, ${HOURS_A_DAY} h a day of all`,
    ],
    ...rows,
  ]);
}

/** Columns as wide as the formatter makes them. */
function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
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
