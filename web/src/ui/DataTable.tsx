import { For, type JSX } from "solid-js";
import { useNavigate } from "@solidjs/router";

export interface Column<Row> {
  readonly header: string;
  /** Said to screen readers only: what the column holds speaks for itself. */
  readonly isHeaderHidden?: boolean;
  readonly cell: (row: Row) => JSX.Element;
  /** Of the heading and the cells: width, alignment, from which width on it is shown. */
  readonly class?: string;
}

interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Where a row leads; the whole row is the link. */
  readonly href?: (row: Row) => string;
  /** What `r` does on the row that has the focus. */
  readonly onRetry?: ((row: Row) => void) | undefined;
}

/** Rows that the server has sorted and cut into pages. `j` and `k` move, Enter opens. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const navigate = useNavigate();
  const onKeyDown = (event: KeyboardEvent, row: Row) => {
    if (event.target !== event.currentTarget || event.metaKey || event.ctrlKey) return;
    if (event.key === "Enter" && props.href) navigate(props.href(row));
    if (event.key === "r" && props.onRetry) props.onRetry(row);
  };
  const onClick = (event: MouseEvent, row: Row) => {
    const isControl = event.target instanceof Element && event.target.closest("a, button, input") !== null;
    if (isControl || getSelection()?.toString() || !props.href) return;
    if (event.metaKey || event.ctrlKey) window.open(props.href(row), "_blank", "noopener");
    else navigate(props.href(row));
  };
  return (
    <table class="w-full table-fixed border-collapse text-left text-sm">
      <caption class="sr-only">{props.label}</caption>
      <thead>
        <tr class="border-b border-line text-xs text-ink-3">
          <For each={props.columns}>
            {(column) => (
              <th scope="col" class={`h-9 px-2 font-medium first:pl-4 last:pr-4 ${column.class ?? ""}`}>
                <span classList={{ "sr-only": column.isHeaderHidden }}>{column.header}</span>
              </th>
            )}
          </For>
        </tr>
      </thead>
      <tbody class="divide-y divide-line">
        <For each={props.rows}>
          {(row) => (
            <tr
              data-row
              tabindex={props.href ? 0 : undefined}
              onKeyDown={(event) => onKeyDown(event, row)}
              onClick={(event) => onClick(event, row)}
              class="outline-offset-[-2px]"
              classList={{ "cursor-pointer hover:bg-sunken": props.href !== undefined }}
            >
              <For each={props.columns}>
                {(column) => (
                  <td class={`h-12 px-2 py-1.5 first:pl-4 last:pr-4 ${column.class ?? ""}`}>
                    {column.cell(row)}
                  </td>
                )}
              </For>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  );
}
