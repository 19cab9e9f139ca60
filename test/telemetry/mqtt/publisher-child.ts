import { publisherAt } from './capture-broker.js';

/** A program that publishes until it is killed: `node publisher-child.js URL`. */
const publisher = publisherAt(process.argv[2]!);
publisher.start();
setInterval(() => {
  if (publisher.state().phase === 'connected') process.stdout.write('connected\n');
}, 50);
