import { find } from '../elements.ts';
import { isAct } from './decisions.ts';
import type { Moment } from './moment.ts';
import { countStates, instanceStates } from './occupancy.ts';
import { clockTime, dayOf } from './time.ts';
import type { Timeline } from './timeline.ts';
import { lastUntil } from './tracks.ts';

/** Says in words what is shown. */
export function tell(root: HTMLElement, moment: Moment, { history, tracks }: Timeline): void {
  const { at, mode, width } = moment;
  const states = instanceStates(tracks, at);
  const counts = countStates([...states.values()].map((state) => state.split('.', 1)[0] ?? ''));
  const active = (counts.get('running') ?? 0) + (counts.get('pending') ?? 0);
  const inputs = lastUntil(tracks.decisions, at)?.event.inputs;
  const messages = (inputs?.visible ?? 0) + (inputs?.inFlight ?? 0);
  const { kind, end } = history;
  const shown = kind === 'live' && mode !== 'live' ? 'rewound' : kind;

  root.dataset['mode'] = shown;
  root.classList.toggle('playing', mode === 'playing');
  const say = (selector: string, words: string): void => {
    find(HTMLElement, selector, root).textContent = words;
  };
  say(
    '.badge',
    {
      live: root.classList.contains('disconnected') ? 'Not connected' : 'Live',
      rewound: `Rewound to ${clockTime(at)}`,
      recording: `A recording of ${dayOf(end)}`,
      laboratory: 'Laboratory: simulated',
    }[shown],
  );
  say(
    '.now',
    `${messages} ${messages === 1 ? 'message' : 'messages'} · ` +
      `${active} of ${states.size} instances active${inputs ? `, the cap is ${inputs.max}` : ''}`,
  );
  say('.moment', clockTime(at));
  say('.span-shown', inUnits(width));
  find(HTMLElement, '.decisions .empty', root).hidden = tracks.decisions.some(isAct);
}

/** A length of time in its unit: `2 min`. */
function inUnits(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800
    ? `${Math.round(seconds / 3600)} h`
    : `${Math.round(seconds / 86_400)} d`;
}
