import { useChallenge } from '../page-context.ts';

type RememberDeviceProps = { ticked: boolean; onTick: (ticked: boolean) => void };

/** Only what has a result remembers a device. The backend gets its token: it never comes here. */
const withResult: ReadonlySet<string> = new Set(['login', 'step-up']);

export function RememberDevice({ ticked, onTick }: RememberDeviceProps) {
  const { challenge, words } = useChallenge();
  const { purpose, knownDevice } = challenge;
  if (!knownDevice || knownDevice.recognized || knownDevice.remember) return null;
  if (!withResult.has(purpose)) return null;
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={ticked}
        onChange={({ currentTarget }) => onTick(currentTarget.checked)}
      />
      {words.count('remember', knownDevice.days)}
    </label>
  );
}
