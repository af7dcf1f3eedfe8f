import { TextField } from "./Field.tsx";
import { SubmitForm } from "./SubmitForm.tsx";

/** One name, 2 to 50 characters, and a button that saves it. */
export function RenameForm(props: {
  name: string;
  onSave: (name: string) => Promise<unknown>;
  action?: string;
}) {
  return (
    <SubmitForm action={props.action ?? "Save"} onSubmit={(value) => props.onSave(value("name"))}>
      {(field) => (
        <TextField
          label="Name"
          {...field("name")}
          value={props.name}
          required
          minlength="2"
          maxlength="50"
          autocomplete="off"
        />
      )}
    </SubmitForm>
  );
}
