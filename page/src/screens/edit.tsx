import { useState } from 'preact/hooks';
import { useChallenge } from '../page-context.ts';
import { AddMethod } from './edit-add.tsx';
import { RecoveryCodes } from './edit-codes.tsx';
import { KnownDevices } from './edit-devices.tsx';
import { MethodList } from './edit-list.tsx';
import { MethodScreen } from './edit-method.tsx';
import { RemoveMethod } from './edit-remove.tsx';
import type { View } from './edit-view.ts';

/** "Bewerk 2FA": the user's own methods, after a second factor. */
export function EditScreen() {
  const { challenge, session } = useChallenge();
  const [view, setView] = useState<View>({ name: 'list' });
  const show = (next: View) => {
    session.forgetProblem();
    setView(next);
  };
  const back = () => show({ name: 'list' });
  if (view.name === 'add') return <AddMethod onBack={back} />;
  if (view.name === 'codes') return <RecoveryCodes onBack={back} />;
  if (view.name === 'devices') return <KnownDevices onBack={back} />;
  if (view.name === 'method' || view.name === 'remove') {
    // It may be gone meanwhile: then the list says so.
    const factor = challenge.factors.find(({ id }) => id === view.factorId);
    const Body = view.name === 'method' ? MethodScreen : RemoveMethod;
    if (factor) return <Body key={view.name} factor={factor} show={show} />;
  }
  const { news = '' } = view.name === 'list' ? view : {};
  return <MethodList key="list" news={news} show={show} />;
}
