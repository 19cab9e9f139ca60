import { ModelError } from '../../foundation/errors.js';
import type { ElementType } from '../element-type.js';
import { intAttribute, intsAttribute, type Node } from '../graph.js';
import { elementCount } from '../tensor.js';

/** The shape of a value, and its elements where they are few and do not depend on the picture; else null. */
export interface Shaped {
  readonly dims: readonly number[];
  readonly values: readonly number[] | null;
}

/** What is known of a value that a node reads. */
export interface Known extends Shaped {
  readonly type: ElementType;
  /** The first dimension depends on the data: it is the most that it can be. */
  readonly atMost: boolean;
}

/** The shapes of a node's outputs, in their order. @throws ModelError where they cannot be known or do not fit */
export type ShapeRule = (call: Call) => readonly Shaped[];

export type ShapeRules = Readonly<Record<string, ShapeRule>>;

/** More elements than any shape has, and few enough that nobody waits for them. */
const MAX_VALUES = 1024;

/** Whether the elements of a shape are worth computing. */
export function few(dims: readonly number[]): boolean {
  return elementCount(dims) <= MAX_VALUES;
}

/** A value of which only the shape is known. */
export function shaped(dims: readonly number[]): readonly Shaped[] {
  return [{ dims, values: null }];
}

/** One node with what is known of its inputs. */
export class Call {
  constructor(
    readonly node: Node,
    readonly opset: number,
    private readonly inputs: readonly (Known | null)[],
  ) {}

  /** Inputs that are there, in their order. */
  get present(): readonly Known[] {
    return this.inputs.filter((input) => input !== null);
  }

  has(index: number): boolean {
    return (this.inputs[index] ?? null) !== null;
  }

  /** @throws ModelError where the node has no such input */
  input(index: number): Known {
    return this.inputs[index] ?? this.fail(`has no input ${index}`);
  }

  optional(index: number): Known | null {
    return this.inputs[index] ?? null;
  }

  dims(index: number): readonly number[] {
    return this.input(index).dims;
  }

  /** @throws ModelError where the elements are not known before the model runs */
  values(index: number): readonly number[] {
    return (
      this.input(index).values ?? this.fail(`has a shape that depends on ${this.node.inputs[index]}, a computed value`)
    );
  }

  /** A list that is an input in newer operator sets and was an attribute before; null where it is neither. */
  list(index: number, attribute: string): readonly number[] | null {
    return this.has(index) ? this.values(index) : this.ints(attribute);
  }

  int(name: string, fallback: number): number {
    return intAttribute(this.node, name, fallback);
  }

  ints(name: string): readonly number[] | null {
    return intsAttribute(this.node, name, null);
  }

  /** An axis counted from the end where it is negative. @throws ModelError where there is no such axis */
  axis(axis: number, rank: number): number {
    const positive = axis < 0 ? axis + rank : axis;
    if (Number.isInteger(positive) && positive >= 0 && positive < rank) return positive;
    return this.fail(`has axis ${axis} of ${rank} dimensions`);
  }

  fail(reason: string): never {
    const { name, op } = this.node;
    throw new ModelError(`node ${name} (${op}) ${reason}`, { node: name, op });
  }
}

/** The shape that two shapes broadcast to. */
export function broadcast(call: Call, a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) call.fail(`cannot broadcast [${a.join(', ')}] and [${b.join(', ')}]`);
    return x === 1 ? y : x;
  });
}

/** Row-major strides of a shape. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length).fill(1);
  for (let axis = dims.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * dims[axis + 1]!;
  return strides;
}

/** The elements of a result of shape `dims`, each taken from where `source` says for its index; null where there are many. */
export function pick(
  values: readonly number[] | null,
  dims: readonly number[],
  source: (index: readonly number[]) => number,
): number[] | null {
  if (values === null || !few(dims)) return null;
  const index = new Array<number>(dims.length).fill(0);
  const picked: number[] = [];
  for (let left = elementCount(dims); left > 0; left--) {
    picked.push(values[source(index)]!);
    for (let axis = dims.length - 1; axis >= 0 && ++index[axis]! === dims[axis]; axis--) index[axis] = 0;
  }
  return picked;
}

/** The elements of a tensor broadcast to a larger shape. */
export function broadcastValues({ dims, values }: Shaped, to: readonly number[]): number[] | null {
  const strides = stridesOf(dims);
  const skipped = to.length - dims.length;
  return pick(values, to, (index) =>
    strides.reduce((at, stride, axis) => at + (dims[axis] === 1 ? 0 : stride * index[skipped + axis]!), 0),
  );
}
