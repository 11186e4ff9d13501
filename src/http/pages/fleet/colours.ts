/** The colours of the canvases, from the style sheet: they follow the theme. */
export interface Colours {
  readonly ink: string;
  readonly inkSoft: string;
  readonly line: string;
  readonly surface: string;
  readonly accent: string;
  readonly demand: string;
  readonly danger: string;
  /** By kind of state. */
  readonly state: Readonly<Record<string, string>>;
}

const STATES = ['stopped', 'pending', 'running', 'busy', 'stopping', 'shutting-down', 'trouble'];

export function readColours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: colour('ink'),
    inkSoft: colour('ink-soft'),
    line: colour('line'),
    surface: colour('surface'),
    accent: colour('accent'),
    demand: colour('demand'),
    danger: colour('danger'),
    state: Object.fromEntries(STATES.map((state) => [state, colour(`state-${state}`)])),
  };
}

/** Calls whenever the theme has changed. */
export function onThemeChange(listener: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', listener);
}
