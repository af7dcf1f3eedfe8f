import { Show } from "solid-js";
import { formatBytes, type ShownPayload } from "../lib/payload.ts";
import { CopyButton } from "./CopyButton.tsx";
import { JsonView } from "./JsonView.tsx";

/** A body: highlighted when it is JSON, as text otherwise, never run as anything. */
export function Payload(props: { payload: ShownPayload; label: string }) {
  return (
    <div class="overflow-hidden rounded-md border border-line bg-sunken">
      <div class="flex items-center justify-between border-b border-line px-4 py-1 text-xs text-ink-3">
        <span>
          {props.payload.isJson ? "JSON" : props.payload.isBinary ? "Binary, as base64" : "Text"} ·{" "}
          {formatBytes(props.payload.bytes)}
        </span>
        <CopyButton text={props.payload.text} label={`Copy ${props.label}`} />
      </div>
      <Show
        when={props.payload.isJson}
        fallback={
          <pre
            tabindex="0"
            role="region"
            aria-label={props.label}
            class="max-h-[32rem] overflow-auto px-4 py-3 text-xs leading-5 break-all whitespace-pre-wrap text-ink-2"
          >
            {props.payload.text || "(empty)"}
          </pre>
        }
      >
        <JsonView value={props.payload.json} label={props.label} />
      </Show>
    </div>
  );
}
