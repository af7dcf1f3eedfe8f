import { GetParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import { readSecretNames } from "#functions/config.ts";

/**
 * The settings that the environment names but does not hold, from SSM: `/columba/production/DATABASE_URL` is the
 * setting `DATABASE_URL`. Nothing where the environment names none, nor for parameters that do not exist: what is
 * required is for the settings to say.
 */
export async function readSecrets(): Promise<Record<string, string>> {
  const names = readSecretNames();
  if (names.length === 0) return {};
  const { Parameters = [] } = await new SSMClient().send(
    new GetParametersCommand({ Names: names, WithDecryption: true }),
  );
  return Object.fromEntries(
    Parameters.map(({ Name = "", Value = "" }) => [Name.slice(Name.lastIndexOf("/") + 1), Value]),
  );
}
