import { type WasmMemory, wasm } from './web-assembly.js';

/** Bytes of a page of WebAssembly. */
const PAGE = 65_536;
/** Blocks begin at multiples of this: no vector of 16 bytes lies in two lines of the processor's cache. */
const ALIGNMENT = 64;
/** The first block: address 0 is that of nothing. */
const FIRST = 1024;
/** Behind the last block: kernels read whole vectors, the last of which may end behind its pixels. */
const BEHIND = 64;

const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

interface Gap {
  address: number;
  bytes: number;
}

/**
 * The memory that the kernels see, and who has which part of it. Its size is fixed, because growing would take it from under
 * everybody who holds a part: it is address space, which the system fills with memory where it is first written to.
 */
export class KernelMemory {
  readonly memory: WasmMemory;
  readonly #bytes: Uint8Array;
  readonly #doubles: Float64Array;
  /** By address, no two touching. */
  readonly #gaps: Gap[];
  /** Bytes of each block that is out, by its address. */
  readonly #blocks = new Map<number, number>();
  readonly #scratch: Scratch;

  /** @param bytes of it all @param scratchBytes of these, for what lasts no longer than a call */
  constructor(bytes: number, scratchBytes: number) {
    const pages = Math.ceil(bytes / PAGE);
    this.memory = new wasm.Memory({ initial: pages, maximum: pages });
    this.#bytes = new Uint8Array(this.memory.buffer);
    this.#doubles = new Float64Array(this.memory.buffer);
    this.#gaps = [{ address: FIRST, bytes: pages * PAGE - FIRST - BEHIND }];
    const scratch = this.allocate(scratchBytes);
    if (scratch === null) throw new RangeError(`scratchBytes: expected less than ${bytes}, got ${scratchBytes}`);
    this.#scratch = new Scratch(this.#bytes, scratch.byteOffset, scratchBytes);
  }

  /** A block of exactly that many bytes with whatever was there before; null where no gap is large enough. */
  allocate(bytes: number): Uint8Array | null {
    const needed = aligned(Math.max(1, bytes));
    const at = this.#gaps.findIndex((gap) => gap.bytes >= needed);
    if (at < 0) return null;
    const gap = this.#gaps[at]!;
    const { address } = gap;
    gap.address += needed;
    gap.bytes -= needed;
    if (gap.bytes === 0) this.#gaps.splice(at, 1);
    this.#blocks.set(address, needed);
    return new Uint8Array(this.memory.buffer, address, bytes);
  }

  /** Takes back a block that nobody reads any more. @throws RangeError where it is none, or was given back before */
  free(block: Uint8Array): void {
    const address = block.byteOffset;
    const bytes = block.buffer === this.memory.buffer ? this.#blocks.get(address) : undefined;
    if (bytes === undefined) throw new RangeError('free: expected a block of this memory that is out');
    this.#blocks.delete(address);
    const next = this.#gaps.findIndex((gap) => gap.address > address);
    const at = next < 0 ? this.#gaps.length : next;
    this.#gaps.splice(at, 0, { address, bytes });
    this.#join(at);
    this.#join(at - 1);
  }

  /** Where the bytes of a view begin for the kernels; null where it is no view of this memory. */
  addressOf(view: ArrayBufferView): number | null {
    return view.buffer === this.memory.buffer ? view.byteOffset : null;
  }

  /** Room for one call, all of it free again: what the last one had there is no longer its own. */
  scratch(): Scratch {
    this.#scratch.clear();
    return this.#scratch;
  }

  /** Copies `rows` rows of `rowBytes` that lie close together from `address` to the top left of a picture with another stride. */
  copyOut(address: number, rowBytes: number, rows: number, to: Uint8Array, stride: number): void {
    if (rowBytes === stride) {
      to.set(this.#bytes.subarray(address, address + rowBytes * rows));
      return;
    }
    for (let y = 0; y < rows; y++) {
      const from = address + y * rowBytes;
      to.set(this.#bytes.subarray(from, from + rowBytes), y * stride);
    }
  }

  /** A view of `count` int32 at an address. */
  numbersAt(address: number, count: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, count);
  }

  /** The same of int16. */
  shortsAt(address: number, count: number): Int16Array {
    return new Int16Array(this.memory.buffer, address, count);
  }

  /** The same of float32. */
  floatsAt(address: number, count: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, count);
  }

  /** The float64 at an address, a multiple of eight. */
  doubleAt(address: number): number {
    return this.#doubles[address >> 3]!;
  }

  /** Makes one gap of that at `at` and the one behind it where they touch. */
  #join(at: number): void {
    const [gap, next] = [this.#gaps[at], this.#gaps[at + 1]];
    if (gap === undefined || next === undefined || gap.address + gap.bytes !== next.address) return;
    gap.bytes += next.bytes;
    this.#gaps.splice(at + 1, 1);
  }
}

/** What a call needs besides its pictures: taken from one end on, given back all at once. */
class Scratch {
  readonly #bytes: Uint8Array;
  readonly #begin: number;
  readonly #length: number;
  #used = 0;

  constructor(bytes: Uint8Array, begin: number, length: number) {
    this.#bytes = bytes;
    this.#begin = begin;
    this.#length = length;
  }

  /** Whether everything that was asked for since `clear` is there; where not, no address holds. */
  get fits(): boolean {
    return this.#used <= this.#length;
  }

  clear(): void {
    this.#used = 0;
  }

  /** @returns the address of that many bytes, with whatever was there before */
  room(bytes: number): number {
    const address = this.#begin + this.#used;
    this.#used += aligned(bytes);
    return address;
  }

  /** @returns where the kernels find it, or a copy of it */
  at(view: Uint8Array | Int32Array | Float32Array): number {
    return view.buffer === this.#bytes.buffer ? view.byteOffset : this.copyIn(view);
  }

  /** @returns where the kernels find a copy of it */
  copyIn(view: Uint8Array | Int32Array | Float32Array): number {
    const address = this.room(view.byteLength);
    if (!this.fits) return address;
    const bytes = view instanceof Uint8Array ? view : new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    this.#bytes.set(bytes, address);
    return address;
  }
}
