import { A } from "@solidjs/router";
import { splitProps, type JSX } from "solid-js";

type Look = "primary" | "plain" | "quiet" | "danger";

const looks: Record<Look, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-hover border-transparent",
  plain: "bg-surface text-ink border-line-strong hover:bg-sunken",
  quiet: "bg-transparent text-ink-2 border-transparent hover:bg-sunken hover:text-ink",
  danger: "bg-surface text-bad border-line-strong hover:bg-bad-soft",
};
const shape =
  "inline-flex items-center justify-center gap-1.5 rounded-md border px-3 min-h-9 text-sm font-medium whitespace-nowrap transition-colors disabled:opacity-55";

interface ButtonProps extends JSX.ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: Look;
  /** Shown as working: refuses further clicks. */
  readonly busy?: boolean;
}

export function Button(props: ButtonProps) {
  const [own, rest] = splitProps(props, ["look", "busy", "class", "disabled", "type"]);
  return (
    <button
      type={own.type ?? "button"}
      class={`${shape} ${looks[own.look ?? "plain"]} ${own.class ?? ""}`}
      disabled={own.disabled || own.busy}
      aria-busy={own.busy}
      {...rest}
    />
  );
}

export function LinkButton(props: { href: string; look?: Look; class?: string; children: JSX.Element }) {
  return (
    <A href={props.href} class={`${shape} ${looks[props.look ?? "plain"]} ${props.class ?? ""}`}>
      {props.children}
    </A>
  );
}
