import { Match, Show, Switch, type JSX } from "solid-js";
import { Failure } from "./Failure.tsx";

interface Query<T> {
  readonly isPending: boolean;
  readonly isError: boolean;
  readonly isSuccess: boolean;
  readonly error: unknown;
  readonly data: T | undefined;
  refetch(): unknown;
}

interface QueryViewProps<T> {
  readonly query: Query<T>;
  /** The page's heading until the data brings its own. */
  readonly heading?: string;
  /** Of the height that the data will have, so that nothing jumps. */
  readonly skeleton: JSX.Element;
  readonly empty?: JSX.Element;
  readonly isEmpty?: (data: T) => boolean;
  readonly children: (data: () => T) => JSX.Element;
}

/** The four states of everything that is read: loading, failed, empty, there. */
export function QueryView<T>(props: QueryViewProps<T>) {
  const present = () => (props.query.isSuccess ? props.query.data : undefined);
  return (
    <Switch
      fallback={
        <>
          <Show when={props.heading}>
            <h1 class="sr-only">{props.heading}</h1>
          </Show>
          {props.skeleton}
        </>
      }
    >
      <Match when={props.query.isError && present() === undefined}>
        <Show when={props.heading}>
          <h1 class="text-xl font-semibold tracking-tight">{props.heading}</h1>
        </Show>
        <Failure error={props.query.error} onRetry={() => void props.query.refetch()} />
      </Match>
      <Match when={present() !== undefined && props.isEmpty?.(present() as T)}>{props.empty}</Match>
      <Match when={present() !== undefined}>{props.children(() => present() as T)}</Match>
    </Switch>
  );
}
