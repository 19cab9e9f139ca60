import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseChallenges } from '../../src/capture/http-challenge.js';
import { HttpLogin } from '../../src/capture/http-login.js';

const login = () => new HttpLogin('Mufasa', 'Circle of Life');
const field = (header: string, name: string) => new RegExp(`\\b${name}="?([^",]*)`).exec(header)?.[1];

test('before it was asked for anything a login is basic', () => {
  assert.is(
    new HttpLogin('admin', 'p@ss').authorization('/x'),
    `Basic ${Buffer.from('admin:p@ss').toString('base64')}`,
  );
});

// the two examples of RFC 7616, section 3.9.1, whose client knows the server's question
const RFC_7616 =
  ', qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
for (const [algorithm, response] of [
  ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
  ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
] as const) {
  test(`digest authentication with ${algorithm} answers as the standard says`, () => {
    const asked = login();
    assert.is(asked.asked([`Digest realm="http-auth@example.org", algorithm=${algorithm}${RFC_7616}`], 0), true);
    const header = asked.authorization('/dir/index.html', 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ');
    assert.is(field(header, 'response'), response);
    assert.is(field(header, 'nc'), '00000001');
    assert.match(header, `algorithm=${algorithm}, opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", qop=auth`);
    assert.is(field(asked.authorization('/dir/index.html'), 'nc'), '00000002');
  });
}

test('digest authentication of the oldest form has no counter', () => {
  const asked = login();
  asked.asked(['Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'], 0);
  const md5 = (text: string) => createHash('md5').update(text).digest('hex');
  const expected = md5(
    `${md5('Mufasa:testrealm@host.com:Circle of Life')}:dcd98b7102dd2f0e8b11d0f600bfb0c093:${md5('GET:/dir/index.html')}`,
  );
  const header = asked.authorization('/dir/index.html');
  assert.is(field(header, 'response'), expected);
  assert.is(field(header, 'nc'), undefined);
});

test('of several challenges the strongest that is known is answered', () => {
  for (const headers of [
    [
      'Basic realm="cam"',
      'Digest realm="cam", nonce="1", algorithm=MD5',
      'Digest realm="cam", nonce="2", algorithm=SHA-256',
    ],
    ['Negotiate, Basic realm="cam", Digest realm="cam, main", nonce="2", algorithm=SHA-256, Digest nonce="1"'],
    [
      'Digest realm="cam", nonce="3", algorithm=SHA-1024',
      'Digest realm="cam", nonce="2", algorithm="sha-256", qop="auth-int"',
    ],
  ]) {
    const asked = login();
    assert.is(asked.asked(headers, 0), true);
    assert.is(field(asked.authorization('/'), 'nonce'), '2');
  }
});

test('a login that was refused is not tried again, unless its question was too old', () => {
  const asked = login();
  assert.is(asked.asked(['Basic realm="cam"'], 0), false);
  assert.is(asked.asked(['NTLM'], 0), false);
  assert.is(asked.asked([], 0), false);
  assert.is(asked.asked(['Digest nonce="1"'], 0), true);
  assert.is(asked.asked(['Digest nonce="2"'], 1), false);
  assert.is(asked.asked(['Digest nonce="3", stale=TRUE'], 1), true);
  assert.is(asked.asked(['Digest nonce="4", stale=true'], 3), false);
});

test('a camera that goes back to basic authentication gets that', () => {
  const asked = login();
  asked.asked(['Digest nonce="1"'], 0);
  assert.is(asked.asked(['Basic realm="cam"'], 0), true);
  assert.match(asked.authorization('/'), /^Basic /);
});

test('challenges are told apart from their parameters', () => {
  const [basic, digest] = parseChallenges(['basic realm="a \\"b\\", c=d", Digest nonce=xyz, qop="auth, auth-int"']);
  assert.equal([basic?.scheme, [...basic!.parameters]], ['basic', [['realm', 'a "b", c=d']]]);
  assert.equal(
    [digest?.scheme, [...digest!.parameters]],
    [
      'digest',
      [
        ['nonce', 'xyz'],
        ['qop', 'auth, auth-int'],
      ],
    ],
  );
});

test.run();
