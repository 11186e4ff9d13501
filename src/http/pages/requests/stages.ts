/** The stages of a photo's way in their order, and what each is called here. */
const NAMES: readonly (readonly [stage: string, name: string])[] = [
  ['send', 'queued'],
  ['wait', 'waited'],
  ['decode', 'decode'],
  ['store_photo', 'stored'],
  ['recognise', 'recognise'],
  ['detect', '– detect'],
  ['view', '– look closer'],
  ['landmarks', '– landmarks'],
  ['align', '– align'],
  ['embed', '– embed'],
  ['match', '– match'],
];

/** A line for each stage that is known: its name, a bar, and its milliseconds. */
export function stageLines(stages: Readonly<Record<string, number>>): HTMLElement[] {
  const longest = Math.max(1, ...Object.values(stages));
  return NAMES.flatMap(([stage, name]) => {
    const ms = stages[stage];
    if (ms === undefined) return [];
    const line = document.createElement('li');
    const bar = document.createElement('span');
    bar.className = 'bar';
    bar.style.setProperty('--part', String(ms / longest));
    line.append(textOf('name', name), bar, textOf('ms', inMs(ms)));
    return [line];
  });
}

/** A length of time to read: `24 ms`, `1.3 s`. */
export function inMs(ms: number): string {
  if (ms < 10) return `${Math.round(ms * 10) / 10} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function textOf(className: string, text: string): HTMLElement {
  return Object.assign(document.createElement('span'), { className, textContent: text });
}
