import { Evidence } from './evidence.tsx';
import { Reports as KeptReports } from './kept-reports.tsx';
import { TrafficAhead } from './traffic-ahead.tsx';

/** What days and weeks were, what is coming, and the pictures of events. */
export default function Reports() {
  return (
    <>
      <KeptReports />
      <TrafficAhead />
      <Evidence />
    </>
  );
}
