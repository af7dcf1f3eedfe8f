import { SendEmailCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { randomUUID } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import nodemailer from "nodemailer";
import type { Mailer } from "#core/mail/outbox.ts";
import type { SchedulerConfig } from "#functions/config.ts";

/** A mail as the local stack keeps it. */
export interface KeptMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  readonly sent_at: string;
}

/** Mail by SMTP when it is set, into a folder on the local stack, and else by SES. */
export function createMailer(config: SchedulerConfig): Mailer {
  if (config.MAIL_FOLDER) return keepInFolder(config.MAIL_FOLDER);
  const transport = config.SMTP_CONNECTION_URL
    ? nodemailer.createTransport(config.SMTP_CONNECTION_URL)
    : nodemailer.createTransport({ SES: { sesClient: new SESv2Client(), SendEmailCommand } });
  return {
    async send(mail) {
      await transport.sendMail({ ...mail, from: config.EMAIL_SENDER_ADDRESS });
    },
  };
}

function keepInFolder(folder: string): Mailer {
  return {
    async send(mail) {
      const sent_at = new Date().toISOString();
      const kept: KeptMail = { ...mail, html: null, sent_at };
      await mkdir(folder, { recursive: true });
      const file = join(folder, `${sent_at.replaceAll(":", "-")}-${randomUUID().slice(0, 8)}.json`);
      // Under another name first: a reader never sees half a mail.
      await writeFile(`${file}.tmp`, JSON.stringify(kept, null, 2));
      await rename(`${file}.tmp`, file);
    },
  };
}
