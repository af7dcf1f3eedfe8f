import { neonConfig } from "@neondatabase/serverless";
import { inject } from "vitest";

// The driver as it is, but for where it connects to and that the bridge speaks no TLS.
neonConfig.wsProxy = (host, port) => `${inject("neonProxy")}/v1?address=${host}:${port}`;
neonConfig.useSecureWebSocket = false;
neonConfig.pipelineConnect = false;
