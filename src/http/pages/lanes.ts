/** Runs tasks in the order in which they come, at most `count` at a time. */
export function lanes(count: number): (task: () => Promise<void>) => void {
  const waiting: (() => Promise<void>)[] = [];
  let free = count;

  async function drain(): Promise<void> {
    free -= 1;
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) await task();
    free += 1;
  }

  return (task) => {
    waiting.push(task);
    if (free > 0) void drain();
  };
}
