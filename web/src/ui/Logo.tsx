/** A dove, on its way. */
export function Logo(props: { size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={props.size ?? 26} height={props.size ?? 26} aria-hidden="true">
      <rect width="32" height="32" rx="8" class="fill-accent" />
      <path
        d="M6 9.5c5.2 0 8.6 1.9 10.4 5.2C17.7 11.4 20.3 9 25.6 8.6c-.5 3.1-1.9 5.2-4.2 6.5 1.6.3 2.9 1.1 3.9 2.5-2.2.4-3.7 1.4-4.6 2.9-1.3 2.2-3.4 3.3-6.3 3.3H9.1l2.3-2.9C8.1 18.9 6.1 14.9 6 9.5Z"
        class="fill-on-accent"
      />
    </svg>
  );
}
