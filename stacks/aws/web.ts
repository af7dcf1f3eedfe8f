import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { BlockPublicAccess, Bucket, BucketEncryption } from "aws-cdk-lib/aws-s3";
import { BucketDeployment, CacheControl, Source } from "aws-cdk-lib/aws-s3-deployment";
import type { Construct } from "constructs";

/** The built dashboard in a private bucket. The names under `assets/` carry a hash of their content. */
export function createWebBucket(scope: Construct, webFolder: string): Bucket {
  const bucket = new Bucket(scope, "Web", {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    // All that is in it comes from this deployment.
    removalPolicy: RemovalPolicy.DESTROY,
    autoDeleteObjects: false,
  });
  const common = { destinationBucket: bucket, memoryLimit: 512 };
  const assets = new BucketDeployment(scope, "WebAssets", {
    ...common,
    sources: [Source.asset(webFolder, { exclude: ["*", "!assets", "!assets/**"] })],
    cacheControl: [
      CacheControl.setPublic(),
      CacheControl.maxAge(Duration.days(365)),
      CacheControl.immutable(),
    ],
    // Pages that are open in browsers go on using the assets of the version before.
    prune: false,
  });
  const pages = new BucketDeployment(scope, "WebPages", {
    ...common,
    sources: [Source.asset(webFolder, { exclude: ["assets", "assets/**"] })],
    cacheControl: [CacheControl.noCache()],
    prune: false,
  });
  pages.node.addDependency(assets);
  return bucket;
}
