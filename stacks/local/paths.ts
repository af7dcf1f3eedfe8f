/** Where the inspector endpoint is on the local server. */
export const INSPECTOR_PATH = "/inspector";
