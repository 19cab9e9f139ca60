import type { Check } from '../../check.js';
import { found } from '../../finding.js';

/** Whether variables of a proxy stand in the way of cameras over HTTP, which ffmpeg would ask for through it. */
export const proxyVariables = (): Check => ({
  ground: 'network',
  name: 'proxy',
  deadlineMs: 500,
  async run({ env, config }) {
    // ffmpeg heeds this one only
    if (!env['http_proxy']) return [];
    const exempt = (env['no_proxy'] ?? '').split(',').map((one) => one.trim().replace(/^\*?\./, ''));
    return config.cameras.flatMap(({ id, url }) => {
      const host = /^https?:/.test(url) && URL.canParse(url) ? new URL(url).hostname : null;
      if (host === null || exempt.some((one) => one === '*' || (one !== '' && host.endsWith(one)))) return [];
      return [found('degraded', 'proxy-before-camera', { camera: id, host }, id)];
    });
  },
});
