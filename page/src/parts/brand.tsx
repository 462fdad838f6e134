import { usePage } from '../page-context.ts';
import { Drawing } from './icons.tsx';

/** Whose page it is: the organization's logo or the name of its product, else ours. */
export function Brand() {
  const { productName, logo } = usePage().theme;
  if (logo) return <img class="logo" src={logo} alt={productName ?? ''} />;
  return (
    <span class="brand">
      <Drawing name="lock" />
      {productName ?? 'Doublecheck'}
    </span>
  );
}
