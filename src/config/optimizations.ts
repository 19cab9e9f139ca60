/** What can be optimized, each by a strategy of its own; the word that configuration and programs turn them on and off by. */
export const OPTIMIZATIONS = ['cache', 'model', 'batching', 'scheduling', 'compression', 'database'] as const;
