import { Evidence } from './evidence.tsx';
import { Reports as KeptReports } from './kept-reports.tsx';

/** What days and weeks were, and the pictures of events. */
export default function Reports() {
  return (
    <>
      <KeptReports />
      <Evidence />
    </>
  );
}
