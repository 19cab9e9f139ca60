import type { Entry } from '../entry.js';

/** An entry in a list; the lists are intrusive, so that moving one allocates nothing. */
export class ListNode {
  previous: ListNode | null = null;
  next: ListNode | null = null;
  list: LinkedList | null = null;

  constructor(
    readonly key: string,
    public entry: Entry,
    /** 32-bit hash of the key, where the strategy counts frequencies. */
    readonly hash = 0,
  ) {}
}

/** A doubly linked list that knows its bytes: `oldest` is the head, new nodes go to the tail. */
export class LinkedList {
  oldest: ListNode | null = null;
  #newest: ListNode | null = null;
  bytes = 0;

  push(node: ListNode): void {
    node.list = this;
    node.previous = this.#newest;
    node.next = null;
    if (this.#newest) this.#newest.next = node;
    else this.oldest = node;
    this.#newest = node;
    this.bytes += node.entry.bytes;
  }

  remove(node: ListNode): void {
    if (node.previous) node.previous.next = node.next;
    else this.oldest = node.next;
    if (node.next) node.next.previous = node.previous;
    else this.#newest = node.previous;
    node.previous = node.next = node.list = null;
    this.bytes -= node.entry.bytes;
  }

  touch(node: ListNode): void {
    if (node === this.#newest) return;
    this.remove(node);
    this.push(node);
  }

  clear(): void {
    this.oldest = this.#newest = null;
    this.bytes = 0;
  }
}
