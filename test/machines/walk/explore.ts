import type { SmallWorld } from './small-world.ts';
import { keyOf } from './world-key.ts';
import type { World } from './world.ts';

export interface Exploration {
  readonly worlds: number;
  readonly moves: number;
  /** Every kind of breach, with the shortest way there. */
  readonly breaches: readonly Way[];
  /** The nearest world from which there is no way to rest, if there is one. */
  readonly restless: Way | undefined;
}

/** What came about, and the moves that led there. */
export interface Way {
  readonly what: string;
  readonly moves: readonly string[];
}

/** Tries everything that can happen, breadth first, until no new world appears. */
export function explore(small: SmallWorld): Exploration {
  const seen = new Map([[keyOf(small.first), 0]]);
  const reachedBy: { from: number; name: string }[] = [{ from: -1, name: '' }];
  const waysBack: number[][] = [[]];
  const atRest: number[] = [];
  const breaches = new Map<string, Way>();
  let moveCount = 0;

  const wayTo = (index: number): string[] => {
    const reached = reachedBy[index];
    return !reached || reached.from < 0 ? [] : [...wayTo(reached.from), reached.name];
  };

  let frontier: [number, World][] = [[0, small.first]];
  while (frontier.length > 0) {
    const next: [number, World][] = [];
    for (const [from, world] of frontier) {
      if (small.isAtRest(world)) atRest.push(from);
      const { moves, breaches: broken } = small.movesFrom(world);
      moveCount += moves.length;
      for (const { name, isChance, world: reached } of moves) {
        const key = keyOf(reached);
        let index = seen.get(key);
        if (index === undefined) {
          index = seen.size;
          seen.set(key, index);
          reachedBy.push({ from, name });
          waysBack.push([]);
          next.push([index, reached]);
        }
        if (!isChance) waysBack[index]?.push(from);
      }
      for (const what of broken) {
        const kind = what.replaceAll(/\d+/g, 'N');
        if (!breaches.has(kind)) breaches.set(kind, { what, moves: wayTo(from) });
      }
    }
    frontier = next;
  }

  const restless = firstUnreached(atRest, waysBack);
  return {
    worlds: seen.size,
    moves: moveCount,
    breaches: [...breaches.values()],
    restless:
      restless === undefined
        ? undefined
        : { what: 'there is no way to rest', moves: wayTo(restless) },
  };
}

/** The first world that no way back from `goals` leads to. */
function firstUnreached(
  goals: readonly number[],
  waysBack: readonly (readonly number[])[],
): number | undefined {
  const isReached = new Uint8Array(waysBack.length);
  const ahead = [...goals];
  for (const goal of goals) isReached[goal] = 1;
  for (let index = ahead.pop(); index !== undefined; index = ahead.pop()) {
    for (const before of waysBack[index] ?? []) {
      if (isReached[before]) continue;
      isReached[before] = 1;
      ahead.push(before);
    }
  }
  const first = isReached.indexOf(0);
  return first < 0 ? undefined : first;
}
