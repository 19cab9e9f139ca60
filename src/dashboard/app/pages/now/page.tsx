import { useApi } from '../../data/api.ts';
import { Card } from '../../kit/card.tsx';
import { Answered } from '../../kit/state.tsx';

/** What the device says that it is doing. */
export default function Now() {
  const status = useApi<object>('/api/status', { everyMs: 2000 });
  return (
    <Card title="Status">
      <Answered asked={status}>{(data) => <pre>{JSON.stringify(data, null, 2)}</pre>}</Answered>
    </Card>
  );
}
