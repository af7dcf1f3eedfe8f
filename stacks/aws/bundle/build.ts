import { BUNDLES_FOLDER, bundleFunctions } from "./bundle.ts";

await bundleFunctions(BUNDLES_FOLDER);
