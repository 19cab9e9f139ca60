import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RequestKey, type RequestKeyOptions } from '../../../src/web/caching/request-key.js';
import { variantOf, variedBy } from '../../../src/web/caching/variants.js';
import { ResponseHead, type WebRequest } from '../../../src/web/web-request.js';

function asking(target: string, headers: Record<string, string> = {}, host = 'a.example'): WebRequest {
  return { method: 'GET', target, host, header: (name) => headers[name], names: () => Object.keys(headers) };
}

const keyOf = (request: WebRequest, options: RequestKeyOptions = {}) => new RequestKey(options).of(request);

test('host, path and query make the key; parameters in any order, those of one name in theirs', () => {
  assert.is(keyOf(asking('/x?b=2&a=1')), 'http a.example\n/x?a=1&b=2');
  assert.is(keyOf(asking('/x?a=2&b=1&a=1')), 'http a.example\n/x?a=2&a=1&b=1');
  assert.is(keyOf(asking('/x', {}, 'A.Example')), keyOf(asking('/x')));
  assert.is(keyOf(asking('/x', {}, 'b.example'), { host: false }), 'http \n/x');
  assert.is(keyOf(asking('/x?b=2&a=1'), { query: 'as-is' }), 'http a.example\n/x?b=2&a=1');
  assert.is(keyOf(asking('/x?utm=9&page=2'), { query: ['page'] }), 'http a.example\n/x?page=2');
});

test('a name counts as handlers read it, however it is written', () => {
  assert.is.not(keyOf(asking('/x?a=1&%61=2')), keyOf(asking('/x?%61=2&a=1')));
  assert.is.not(keyOf(asking('/x?a[]=1&a=2')), keyOf(asking('/x?a=2&a[]=1')));
  assert.is(keyOf(asking('/x?b=1&%61=2')), keyOf(asking('/x?%61=2&b=1')));
  const listed = (query: string) => keyOf(asking(`/x?${query}`), { query: ['id', 'tags[]'] });
  for (const query of ['i%64=evil', 'id[a]=evil', 'id%5B%5D=evil', 'tags[]=evil']) {
    assert.is.not(listed(query), listed('utm=1'), query);
  }
  assert.is(listed('%ff=1&utm=2'), listed('utm=1'));
});

test('headers by which proxies name another place count, who asked does not', () => {
  const plain = keyOf(asking('/x'));
  for (const name of ['x-forwarded-host', 'x-forwarded-proto', 'x-original-url', 'x-rewrite-url']) {
    assert.is.not(keyOf(asking('/x', { [name]: 'evil' })), plain, name);
  }
  assert.is(keyOf(asking('/x', { 'x-forwarded-for': '1.2.3.4', forwarded: 'for=1.2.3.4;by=5.6.7.8' })), plain);
  assert.is.not(keyOf(asking('/x', { forwarded: 'for=1.2.3.4;host=evil' })), plain);
  assert.is.not(keyOf(asking('/x', { 'x-site': 'b' }), { headers: ['X-Site'] }), plain);
});

test('no host can be made up that gives the key of another address', () => {
  assert.is.not(keyOf(asking('/y', {}, 'a.example /x')), keyOf(asking('/x /y')));
  assert.is.not(keyOf(asking('/x x-host: b', {}, 'a')), keyOf(asking('/x', { 'x-host': 'b' }, 'a')));
});

test('long addresses have short keys, endless ones none', () => {
  const long = keyOf(asking(`/x?${'a'.repeat(3000)}`));
  assert.match(long ?? '', /^http#[\w-]{43}$/);
  assert.is.not(long, keyOf(asking(`/x?${'a'.repeat(2999)}b`)));
  assert.is(keyOf(asking(`/x?${'a'.repeat(5000)}`)), null);
  assert.is(keyOf(asking('/x', { 'x-forwarded-host': 'a'.repeat(9000) })), null);
});

test('the many ways of asking for the same coding share a variant, different wishes do not', () => {
  const variant = (value: string) => variantOf(['accept-encoding'], asking('/', { 'accept-encoding': value }));
  assert.is(variant('gzip, deflate, br'), variant('br;q=1.0, DEFLATE,gzip'));
  assert.is.not(variant('gzip, br'), variant('gzip, br;q=0'));
  assert.is.not(variant('gzip'), variantOf(['accept-encoding'], asking('/')));
  assert.is(variantOf(['accept'], asking('/', { accept: 'a'.repeat(9000) })), null);
});

test('a response depends on what Vary names, and on what its own headers betray', () => {
  const varied = (headers: Record<string, string>) =>
    variedBy(new ResponseHead({ status: 200, route: null, read: (name) => headers[name], readAll: () => headers }));
  assert.equal(varied({ vary: 'Accept-Language, , Accept' }), ['accept', 'accept-language']);
  assert.equal(varied({ 'content-encoding': 'br', 'access-control-allow-origin': 'https://a' }), [
    'accept-encoding',
    'origin',
  ]);
  assert.equal(varied({ 'access-control-allow-origin': '*' }), []);
  assert.is(varied({ vary: Array.from({ length: 11 }, (_, i) => `x-${i}`).join(',') }), null);
});

test.run();
