/** Loads when it is first asked to, and again only after a failure. */
export function loadOnce<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | null = null;
  return () => {
    loading ??= load().catch((failed) => {
      loading = null;
      throw failed;
    });
    return loading;
  };
}
