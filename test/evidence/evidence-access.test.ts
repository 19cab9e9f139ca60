import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { noteAccess } from '../../src/evidence/access-log.js';
import { evidenceId } from '../../src/evidence/evidence-access.js';
import { FileStreams } from '../../src/http/file-streams.js';
import { HttpServer } from '../../src/http/server.js';
import { evidenceRoutes } from '../../src/runtime/evidence/evidence-routes.js';
import { temporaryFolder } from '../temporary.js';
import { someChain, someDraft, somePictures } from './chains.js';

const dir = temporaryFolder('evidence-access');

test('a camera that was given to another tenant leaves what it had seen with the one before', async () => {
  const device = await someChain(join(dir, 'device'));
  const harbour = await someChain(join(dir, 'harbour'));
  const railway = await someChain(join(dir, 'railway'));
  // quay was the device's own, then harbour's, and is railway's now
  for (const chain of [device, harbour, railway]) await chain.append(someDraft('quay'), somePictures(1));
  const owners = [
    { tenant: null, chain: device },
    { tenant: 'harbour', chain: harbour },
    { tenant: 'railway', chain: railway },
  ];
  const tenants = [
    { id: 'harbour', token: 'token-of-the-harbour-24', cameras: ['mole'] },
    { id: 'railway', token: 'token-of-the-railway-24', cameras: ['quay'] },
  ];
  const operator = 'token-of-the-operator-24';
  const http = new HttpServer({
    config: { enabled: true, host: '127.0.0.1', port: 0, token: operator },
    tenants,
    routes: evidenceRoutes({ owners: () => owners, note: noteAccess }, new FileStreams({ most: 16, mostOfOne: 12 })),
  });
  const { port } = await http.start();
  try {
    const ask = (path: string, token: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${port}/api/v1/evidence${path}`, { headers: { authorization: `Bearer ${token}` } });
    const listed = async (token: string, words = ''): Promise<string[]> => {
      const { evidence } = (await (await ask(words, token)).json()) as { evidence: { id: string }[] };
      return evidence.map(({ id }) => id).sort();
    };
    const ids = [device, harbour, railway].map(({ id }) => evidenceId({ chain: id, n: 1 }));
    const [ofDevice, ofHarbour, ofRailway] = ids;
    assert.equal(await listed(operator), ids.toSorted());
    assert.equal(await listed(operator, '?tenant=railway'), [ofRailway]);
    assert.equal(await listed(tenants[1]!.token), [ofRailway]);
    assert.equal(await listed(tenants[0]!.token), []);
    for (const id of [ofDevice, ofHarbour]) {
      for (const part of ['', '/context', '/crop']) {
        assert.is((await ask(`/${id}${part}`, tenants[1]!.token)).status, 404, `${id}${part}`);
        assert.is((await ask(`/${id}${part}`, operator)).status, 200, `${id}${part}`);
      }
    }
    assert.is((await ask(`/${ofRailway}/crop`, tenants[1]!.token)).status, 200);
  } finally {
    await http.stop();
  }
});

test.run();
