/** A server with or without a cache, by framework: the name that `server.mjs` knows it by. */
export interface Contender {
  readonly name: string;
  readonly framework: 'Fastify' | 'Express' | 'Hono';
  /** What it does with a response, for readers of the table. */
  readonly does: string;
}

const NOTHING = 'nothing: the handler runs each time';

/** Servers that are measured against each other. */
export const CONTENDERS: readonly Contender[] = [
  { name: 'Fastify: bare', framework: 'Fastify', does: NOTHING },
  { name: 'Fastify: ours', framework: 'Fastify', does: 'keeps responses' },
  { name: 'Fastify: @fastify/caching', framework: 'Fastify', does: 'sets headers: the handler runs each time' },
  { name: 'Fastify: fastify-lcache', framework: 'Fastify', does: 'keeps payloads' },
  { name: 'Express: bare', framework: 'Express', does: NOTHING },
  { name: 'Express: ours', framework: 'Express', does: 'keeps responses' },
  { name: 'Express: apicache', framework: 'Express', does: 'keeps responses' },
  { name: 'Express: route-cache', framework: 'Express', does: 'keeps what res.send and res.json were given' },
  { name: 'Hono: bare', framework: 'Hono', does: NOTHING },
  { name: 'Hono: ours', framework: 'Hono', does: 'keeps responses' },
];

/** Whether it is a framework without any cache. */
export const isBare = ({ name }: Contender): boolean => name.endsWith(': bare');
/** Whether it is one with our optimizer. */
export const isOurs = ({ name }: Contender): boolean => name.endsWith(': ours');
