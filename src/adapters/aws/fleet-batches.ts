import type { InstanceResult, InstanceState } from '../../bus/fleet.ts';
import type { Refusal } from './fleet-refusals.ts';

/** One request about several instances, which EC2 does whole or not at all. */
export type BatchCall = (
  ids: readonly string[],
) => Promise<
  { readonly states: ReadonlyMap<string, InstanceState> } | { readonly refusal: Refusal }
>;

/**
 * A thousand instances in one go take the five requests that EC2 allows at once ("Request throttling
 * for the Amazon EC2 API": bucket of 5 for StartInstances, StopInstances, TerminateInstances).
 */
const BATCH_SIZE = 200;

/**
 * Commands instances in batches. EC2 refuses a whole batch because of one instance: that one is
 * singled out, by its id in EC2's message or by halving the batch, and the others are commanded.
 * @throws whatever `call` throws, if no part of the command was answered
 */
export async function inBatches(
  ids: readonly string[],
  call: BatchCall,
): Promise<InstanceResult[]> {
  const results: InstanceResult[] = [];
  const waiting: (readonly string[])[] = [];
  for (let from = 0; from < ids.length; from += BATCH_SIZE) {
    waiting.push(ids.slice(from, from + BATCH_SIZE));
  }
  for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
    const answer = await answerTo(call, batch, results.length === 0);
    // What went unanswered the controller sees at its next look.
    if (answer === undefined) break;
    if ('states' in answer) {
      const { states } = answer;
      results.push(...batch.flatMap((id) => accepted(id, states.get(id))));
      continue;
    }
    const { refusal } = answer;
    if (refusal.reach === 'call' || (refusal.reach === 'number' && batch.length === 1)) {
      // Whoever would be asked for next would be refused for the same reason.
      for (const id of [batch, ...waiting].flat()) results.push(refused(id, refusal));
      break;
    }
    const named = batch.length === 1 ? batch : namedIn(refusal, batch);
    results.push(...named.map((id) => refused(id, refusal)));
    const rest = batch.filter((id) => !named.includes(id));
    waiting.unshift(
      ...(named.length > 0 ? [rest] : halves(rest)).filter(({ length }) => length > 0),
    );
  }
  return results;
}

/** `undefined` when the call failed after others had been answered: their results are not lost. */
async function answerTo(call: BatchCall, batch: readonly string[], isFirst: boolean) {
  try {
    return await call(batch);
  } catch (error) {
    if (isFirst) throw error;
    return undefined;
  }
}

/** Ids end where their letters and digits do. */
function namedIn({ reach, told }: Refusal, batch: readonly string[]): string[] {
  if (reach !== 'some') return [];
  const words = new Set(told.match(/[\w-]+/g));
  return batch.filter((id) => words.has(id));
}

function halves(ids: readonly string[]): (readonly string[])[] {
  const middle = Math.ceil(ids.length / 2);
  return [ids.slice(0, middle), ids.slice(middle)];
}

const accepted = (id: string, state: InstanceState | undefined): InstanceResult[] =>
  state === undefined ? [] : [{ id, state }];

const refused = (id: string, { code, message }: Refusal): InstanceResult => ({
  id,
  error: { code, message },
});
