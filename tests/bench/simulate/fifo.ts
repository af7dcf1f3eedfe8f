/** First in, first out, in constant time. */
export interface Fifo<T> {
  readonly length: number;
  push(item: T): void;
  shift(): T | undefined;
}

/** Taken items are let go of when they are half of what is kept. */
const KEPT_MIN = 1_024;

export function createFifo<T>(): Fifo<T> {
  let items: T[] = [];
  let head = 0;
  return {
    get length() {
      return items.length - head;
    },
    push: (item) => void items.push(item),
    shift() {
      const item = items[head];
      if (head < items.length) head++;
      if (head > KEPT_MIN && head * 2 > items.length) {
        items = items.slice(head);
        head = 0;
      }
      return item;
    },
  };
}
