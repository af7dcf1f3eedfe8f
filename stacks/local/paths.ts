/** Where the inspector endpoint is on the local server. */
export const INSPECTOR_PATH = "/inspector";
/** Where the mail that would have been sent is listed. */
export const MAIL_PATH = "/local/mail";
