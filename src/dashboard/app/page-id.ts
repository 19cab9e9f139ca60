/** Names of pages, as in their addresses. */
export type PageId =
  | 'now'
  | 'performance'
  | 'cache'
  | 'database'
  | 'resources'
  | 'tuning'
  | 'alerts'
  | 'reports'
  | 'models'
  | 'setup';
