import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * How much the heap of a web tier may grow beyond what lives on, in percent, before V8 marks all of it.
 * By itself V8 lets it grow to several times that: what a request leaves behind often outlives the
 * small collections.
 */
const HEAP_GROWING_PERCENT = 30;

/**
 * Keeps this process small. V8 reads the setting whenever it has marked the heap, so it is marked now:
 * before that, the heap could grow by what starting took.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`);
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  collectGarbage();
}
