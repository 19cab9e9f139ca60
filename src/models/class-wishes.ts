import type { ModelConfig } from '../config/config.js';
import { classNamed } from '../frame/same-class.js';

/**
 * What the configuration asks of classes, in the words of another model than the configured one: what is known to be the
 * same thing is asked for by that model's name for it. A class that is asked for and not there keeps its name, so that
 * loading the model refuses it by that; a threshold of such a class has nothing to hold for.
 */
export function wishesOf(model: string, classes: readonly string[], config: ModelConfig): ModelConfig {
  if (model === config.name) return config;
  const inItsWords = (name: string): string => classes[classNamed(name, classes)] ?? name;
  const { classes: wanted, classThresholds, ...rest } = config;
  const thresholds = Object.entries(classThresholds).map(([name, score]) => [inItsWords(name), score] as const);
  return {
    ...rest,
    name: model,
    ...(wanted && { classes: wanted.map(inItsWords) }),
    classThresholds: Object.fromEntries(thresholds.filter(([name]) => classes.includes(name))),
  };
}
