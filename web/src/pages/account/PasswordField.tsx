import { useQuery } from "@tanstack/solid-query";
import { queries } from "../../data/queries.ts";
import { TextField } from "../../ui/Field.tsx";

/** A new password, as long as this instance wants it. */
export function PasswordField(props: { label: string; name: string; error?: string | undefined }) {
  const instance = useQuery(queries.instance);
  const length = () => (instance.isSuccess ? instance.data.password_minimum_length : 8);
  return (
    <TextField
      label={props.label}
      name={props.name}
      type="password"
      autocomplete="new-password"
      required
      minlength={length()}
      maxlength="100"
      hint={`At least ${length()} characters.`}
      error={props.error}
    />
  );
}
