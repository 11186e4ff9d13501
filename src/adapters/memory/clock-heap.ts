/** One timer that waits in a `TimerHeap`. */
export class Timer {
  readonly dueAt: number;
  readonly sequence: number;
  readonly fn: () => void;
  /** Where it stands in the heap; −1 when it is in none. */
  index = -1;

  constructor(dueAt: number, sequence: number, fn: () => void) {
    this.dueAt = dueAt;
    this.sequence = sequence;
    this.fn = fn;
  }

  isBefore(other: Timer): boolean {
    return this.dueAt === other.dueAt ? this.sequence < other.sequence : this.dueAt < other.dueAt;
  }
}

/** A binary heap of timers, earliest first, that can also drop one from its middle in O(log n). */
export class TimerHeap {
  readonly #timers: Timer[] = [];

  get first(): Timer | undefined {
    return this.#timers[0];
  }

  push(timer: Timer): void {
    this.#siftUp(timer, this.#timers.length);
  }

  /** Does nothing when the timer has left already. */
  remove(timer: Timer): void {
    const { index } = timer;
    if (this.#timers[index] !== timer) return;
    timer.index = -1;
    const last = this.#timers.pop();
    if (last === undefined || last === timer) return;
    this.#siftDown(last, index);
    this.#siftUp(last, last.index);
  }

  #siftUp(timer: Timer, from: number): void {
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#timers[parentIndex];
      if (parent === undefined || !timer.isBefore(parent)) break;
      this.#place(parent, index);
      index = parentIndex;
    }
    this.#place(timer, index);
  }

  #siftDown(timer: Timer, from: number): void {
    let index = from;
    for (;;) {
      const left = this.#timers[2 * index + 1];
      const right = this.#timers[2 * index + 2];
      const child = left !== undefined && right?.isBefore(left) ? right : left;
      if (child === undefined || !child.isBefore(timer)) break;
      const childIndex = child.index;
      this.#place(child, index);
      index = childIndex;
    }
    this.#place(timer, index);
  }

  #place(timer: Timer, index: number): void {
    this.#timers[index] = timer;
    timer.index = index;
  }
}
