/** What happens when, in simulated time: the soonest first, and of two at the same time the one that was put in first. */
export class EventQueue {
  readonly #heap: { at: number; order: number; happen: () => void }[] = [];
  #order = 0;
  now = 0;

  at(time: number, happen: () => void): void {
    const heap = this.#heap;
    heap.push({ at: Math.max(time, this.now), order: this.#order++, happen });
    for (let i = heap.length - 1; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (!before(heap[i]!, heap[parent]!)) break;
      [heap[i], heap[parent]] = [heap[parent]!, heap[i]!];
      i = parent;
    }
  }

  /** Lets everything happen up to that time. */
  run(until: number): void {
    const heap = this.#heap;
    while (heap.length > 0 && heap[0]!.at <= until) {
      const first = heap[0]!;
      const last = heap.pop()!;
      if (heap.length > 0) {
        heap[0] = last;
        this.#sink();
      }
      this.now = first.at;
      first.happen();
    }
    this.now = until;
  }

  #sink(): void {
    const heap = this.#heap;
    for (let i = 0; ; ) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < heap.length && before(heap[child]!, heap[least]!)) least = child;
      }
      if (least === i) return;
      [heap[i], heap[least]] = [heap[least]!, heap[i]!];
      i = least;
    }
  }
}

interface Timed {
  readonly at: number;
  readonly order: number;
}

function before(a: Timed, b: Timed): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
