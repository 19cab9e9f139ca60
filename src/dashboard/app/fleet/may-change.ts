import type { ActionsReply } from '../../../collector/api/action-shapes.ts';
import type { WhoAmIReply } from '../../../collector/api/fleet-shapes.ts';
import { useApi } from '../data/api.ts';

/** Whose token it is; null as long as that is not known. */
export const useWhoAmI = (): WhoAmIReply | null => useApi<WhoAmIReply>('/api/v1/fleet/whoami').data;

/** Whether the token may change anything: those who may only look are shown no buttons. False as long as that is not known. */
export const useMayChange = (): boolean => useWhoAmI()?.mayChange ?? false;

/** Whether whoever looks can begin actions here: the token may, and the collector has a key. */
export function useMayBegin(): boolean {
  const mayChange = useMayChange();
  const { data } = useApi<ActionsReply>(mayChange ? '/api/v1/fleet/actions' : null, { words: { limit: 1 } });
  return data !== null && data.obstacle === null;
}
