import { ModelError } from '../foundation/errors.js';
import type { Node } from './graph.js';

/** A pass that cannot treat a model: the model stays as it is, and the report says why. */
export class Refusal extends ModelError {
  /** @param node where the model is not what the pass can treat; null where it is the model as a whole */
  constructor(
    readonly pass: string,
    reason: string,
    node: Node | null = null,
  ) {
    super(`${pass}: ${reason}${node ? ` (node ${node.name}, ${node.op})` : ''}`, {
      pass,
      ...(node && { node: node.name, op: node.op }),
    });
  }
}
