import { createMemo, For } from "solid-js";
import type { EventsPerDayEntry } from "../../data/organizations.ts";

const HEIGHT = 120;
const SLOT = 20;

/** Events of all applications, day by day, with the same numbers as a table. */
export function EventsPerDayChart(props: { days: readonly string[]; entries: readonly EventsPerDayEntry[] }) {
  const sums = createMemo(() => {
    const byDay = new Map<string, number>();
    for (const entry of props.entries) byDay.set(entry.date, (byDay.get(entry.date) ?? 0) + entry.amount);
    return props.days.map((day) => [day, byDay.get(day) ?? 0] as const);
  });
  const peak = () => Math.max(1, ...sums().map(([, amount]) => amount));
  const height = (amount: number) => (amount === 0 ? 0 : Math.max(2, (amount / peak()) * HEIGHT));
  return (
    <figure>
      <svg
        viewBox={`0 0 ${props.days.length * SLOT} ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden="true"
        class="h-[120px] w-full border-b border-line-strong"
      >
        <For each={sums()}>
          {([day, amount], index) => (
            <g>
              <title>{`${day}: ${amount.toLocaleString()}`}</title>
              <rect x={index() * SLOT} y="0" width={SLOT} height={HEIGHT} fill="transparent" />
              <rect
                x={index() * SLOT + 3}
                y={HEIGHT - height(amount)}
                width={SLOT - 6}
                height={height(amount)}
                class="fill-accent"
              />
            </g>
          )}
        </For>
      </svg>
      <figcaption class="tabular mt-2 flex justify-between text-xs text-ink-3">
        <span>{props.days[0]}</span>
        <span>most in a day: {Math.max(...sums().map(([, amount]) => amount)).toLocaleString()}</span>
        <span>today</span>
      </figcaption>
      <details class="mt-1 text-xs text-ink-3">
        <summary class="w-max rounded py-1 hover:text-ink">As a table</summary>
        <table class="tabular mt-1 w-full max-w-xs text-left">
          <caption class="sr-only">Events a day</caption>
          <thead>
            <tr>
              <th scope="col" class="font-medium">
                Day (UTC)
              </th>
              <th scope="col" class="text-right font-medium">
                Events
              </th>
            </tr>
          </thead>
          <tbody>
            <For each={sums().filter(([, amount]) => amount > 0)}>
              {([day, amount]) => (
                <tr>
                  <td>{day}</td>
                  <td class="text-right">{amount.toLocaleString()}</td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </details>
    </figure>
  );
}
