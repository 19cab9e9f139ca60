import type { App, Page } from '../frame/app.ts';
import { collectorWords } from './collector-words.ts';
import { fleetPageWords } from './fleet-page-words.ts';
import { useWhoAmI } from './may-change.ts';
import Fleet from './pages/fleet/page.tsx';

/** Names of pages, as in their addresses. */
export type FleetPageId = keyof (typeof fleetPageWords)['en'];

const PAGES: readonly Page<FleetPageId>[] = [
  { id: 'fleet', load: async () => ({ default: Fleet }), shown: Fleet },
  { id: 'device', under: 'fleet', load: () => import('./pages/device/page.tsx') },
  { id: 'unlike', load: () => import('./pages/unlike/page.tsx') },
  { id: 'reports', load: () => import('./pages/reports/page.tsx') },
  { id: 'actions', load: () => import('./pages/actions/page.tsx') },
  { id: 'action', under: 'actions', load: () => import('./pages/action/page.tsx') },
  { id: 'begin', under: 'actions', load: () => import('./pages/begin/page.tsx') },
  { id: 'configuration', load: () => import('./pages/configuration/page.tsx') },
  { id: 'audit', load: () => import('./pages/audit/page.tsx') },
  { id: 'received', load: () => import('./pages/received/page.tsx') },
];

/** The pages of a fleet. */
export const fleetApp: App = { pages: PAGES, names: fleetPageWords, answerer: collectorWords, useOffered };

/** What a tenant is shown something on. */
const OF_TENANTS: ReadonlySet<string> = new Set<FleetPageId>(['fleet', 'device', 'reports']);

function useOffered(): (page: string) => boolean {
  const tenant = useWhoAmI()?.tenant ?? null;
  return (page) => tenant === null || OF_TENANTS.has(page);
}
