import { createMemo, For, Show } from "solid-js";

interface Bucket {
  readonly at: string;
  readonly delivered: number;
  readonly failed: number;
}

const HEIGHT = 120;
const SLOT = 20;

/** Attempts over time, delivered below and failed above. The same numbers stand in a table for who cannot see it. */
export function DeliveryChart(props: { buckets: readonly Bucket[]; label: string }) {
  const peak = createMemo(() =>
    Math.max(1, ...props.buckets.map((bucket) => bucket.delivered + bucket.failed)),
  );
  const height = (count: number) => (count === 0 ? 0 : Math.max(2, (count / peak()) * HEIGHT));
  const time = (at: string | undefined) =>
    at
      ? new Date(at).toLocaleString(undefined, {
          month: "short",
          day: "numeric",
          hour: "2-digit",
          minute: "2-digit",
        })
      : "";
  return (
    <figure>
      <svg
        viewBox={`0 0 ${props.buckets.length * SLOT} ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden="true"
        class="h-[120px] w-full border-b border-line-strong"
      >
        <For each={props.buckets}>
          {(bucket, index) => {
            const delivered = () => height(bucket.delivered);
            const failed = () => height(bucket.failed);
            return (
              <g>
                <title>{`${time(bucket.at)}: ${bucket.delivered} delivered, ${bucket.failed} failed`}</title>
                <rect x={index() * SLOT} y="0" width={SLOT} height={HEIGHT} fill="transparent" />
                <rect
                  x={index() * SLOT + 3}
                  width={SLOT - 6}
                  y={HEIGHT - delivered()}
                  height={delivered()}
                  class="fill-ok-mark"
                />
                <rect
                  x={index() * SLOT + 3}
                  width={SLOT - 6}
                  y={Math.max(
                    0,
                    HEIGHT - delivered() - failed() - (bucket.delivered > 0 && bucket.failed > 0 ? 2 : 0),
                  )}
                  height={failed()}
                  class="fill-bad-mark"
                />
              </g>
            );
          }}
        </For>
      </svg>
      <figcaption class="mt-2 flex flex-wrap items-center justify-between gap-x-4 text-xs text-ink-3">
        <span class="tabular">{time(props.buckets[0]?.at)}</span>
        <span class="flex gap-4">
          <span class="inline-flex items-center gap-1.5">
            <span class="size-2.5 rounded-sm bg-ok-mark" /> delivered
          </span>
          <span class="inline-flex items-center gap-1.5">
            <span class="size-2.5 rounded-sm bg-bad-mark" /> failed
          </span>
        </span>
        <span>now</span>
      </figcaption>
      <details class="mt-1 text-xs text-ink-3">
        <summary class="w-max rounded py-1 hover:text-ink">As a table</summary>
        <table class="tabular mt-1 w-full max-w-md text-left">
          <caption class="sr-only">{props.label}</caption>
          <thead>
            <tr>
              <th scope="col" class="font-medium">
                From
              </th>
              <th scope="col" class="text-right font-medium">
                Delivered
              </th>
              <th scope="col" class="text-right font-medium">
                Failed
              </th>
            </tr>
          </thead>
          <tbody>
            <For each={props.buckets.filter((bucket) => bucket.delivered + bucket.failed > 0)}>
              {(bucket) => (
                <tr>
                  <td>{time(bucket.at)}</td>
                  <td class="text-right">{bucket.delivered}</td>
                  <td class="text-right">{bucket.failed}</td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </details>
    </figure>
  );
}

/** The same in the size of a word. */
export function Sparkline(props: { buckets: readonly Bucket[] | undefined }) {
  const peak = () => Math.max(1, ...(props.buckets ?? []).map((bucket) => bucket.delivered + bucket.failed));
  const height = (count: number) => (count === 0 ? 0 : Math.max(1.5, (count / peak()) * 20));
  return (
    <svg viewBox="0 0 96 21" aria-hidden="true" class="h-[21px] w-24">
      <line x1="0" x2="96" y1="20.5" y2="20.5" class="stroke-line-strong" />
      <Show when={props.buckets}>
        {(buckets) => (
          <For each={buckets()}>
            {(bucket, index) => (
              <>
                <rect
                  x={index() * 4}
                  width="3"
                  y={20 - height(bucket.delivered)}
                  height={height(bucket.delivered)}
                  class="fill-ok-mark"
                />
                <rect
                  x={index() * 4}
                  width="3"
                  y={Math.max(0, 20 - height(bucket.delivered) - height(bucket.failed))}
                  height={height(bucket.failed)}
                  class="fill-bad-mark"
                />
              </>
            )}
          </For>
        )}
      </Show>
    </svg>
  );
}
