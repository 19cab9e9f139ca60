// Asks a server as fast as it answers, with autocannon.
import autocannon from 'autocannon';

/** @returns requests per s that were answered with 200 and `body`, how many were answered with anything else, and ms of the median */
export async function load(url, { connections, seconds, body }) {
  const result = await autocannon({ url, connections, duration: seconds, expectBody: body });
  return {
    perSecond: result['2xx'] / result.duration,
    wrong: result.mismatches + result.non2xx + result.errors,
    p50Ms: result.latency.p50,
  };
}
