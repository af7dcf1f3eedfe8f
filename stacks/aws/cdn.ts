import { Duration } from "aws-cdk-lib";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as CdnFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginRequestPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  ViewerProtocolPolicy,
} from "aws-cdk-lib/aws-cloudfront";
import { FunctionUrlOrigin, S3BucketOrigin } from "aws-cdk-lib/aws-cloudfront-origins";
import { FunctionUrlAuthType, type Function } from "aws-cdk-lib/aws-lambda";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { API_TIMEOUT } from "./timeouts.ts";

export interface CdnOptions {
  readonly api: Function;
  readonly webBucket: Bucket;
  /** Sent to the API with each request, and known to nobody else. */
  readonly originSecret: string;
  readonly domain?: CustomDomain | undefined;
}

export interface CustomDomain {
  readonly name: string;
  /** Of a certificate in us-east-1, as CloudFront wants it. */
  readonly certificateArn: string;
}

/**
 * One domain for the dashboard (S3) and the API (a function URL under `/api/`).
 *
 * The function URL is public, and guarded by a secret header instead of IAM and origin access control: with those a
 * client would have to send a hash of each body that it posts, which no webhook SDK does.
 */
export function createCdn(scope: Construct, options: CdnOptions): Distribution {
  const functionUrl = options.api.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
  const apiOrigin = new FunctionUrlOrigin(functionUrl, {
    customHeaders: { "x-origin-secret": options.originSecret },
    readTimeout: API_TIMEOUT.plus(Duration.seconds(1)),
    keepaliveTimeout: Duration.seconds(60),
  });

  return new Distribution(scope, "Cdn", {
    comment: "Columba",
    httpVersion: HttpVersion.HTTP2_AND_3,
    priceClass: PriceClass.PRICE_CLASS_ALL,
    defaultRootObject: "index.html",
    ...(options.domain && {
      domainNames: [options.domain.name],
      certificate: Certificate.fromCertificateArn(scope, "Certificate", options.domain.certificateArn),
    }),
    defaultBehavior: {
      origin: S3BucketOrigin.withOriginAccessControl(options.webBucket),
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      cachePolicy: CachePolicy.CACHING_OPTIMIZED,
      responseHeadersPolicy: webHeaders(scope),
      functionAssociations: [viewerRequest(scope, "PageOfPath", PAGE_OF_PATH)],
    },
    additionalBehaviors: {
      "/api/*": {
        origin: apiOrigin,
        viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
        allowedMethods: AllowedMethods.ALLOW_ALL,
        cachePolicy: CachePolicy.CACHING_DISABLED,
        // A function URL knows itself by its own host only.
        originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        functionAssociations: [viewerRequest(scope, "ViewerAddress", VIEWER_ADDRESS)],
      },
    },
  });
}

/** The dashboard's router has the path: a page of it is `index.html`. (Error pages would hide the API's 403 and 404.) */
const PAGE_OF_PATH = `function handler(event) {
  if (!event.request.uri.split("/").pop().includes(".")) event.request.uri = "/index.html";
  return event.request;
}`;

/** The client's address in a header that the client cannot set: CloudFront's own goes only where Host goes, too. */
const VIEWER_ADDRESS = `function handler(event) {
  event.request.headers["x-viewer-address"] = { value: event.viewer.ip };
  return event.request;
}`;

function viewerRequest(scope: Construct, id: string, code: string) {
  const function_ = new CdnFunction(scope, id, {
    runtime: FunctionRuntime.JS_2_0,
    code: FunctionCode.fromInline(code),
  });
  return { function: function_, eventType: FunctionEventType.VIEWER_REQUEST };
}

function webHeaders(scope: Construct): ResponseHeadersPolicy {
  const override = true;
  return new ResponseHeadersPolicy(scope, "WebHeaders", {
    securityHeadersBehavior: {
      contentSecurityPolicy: {
        contentSecurityPolicy:
          "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
        override,
      },
      contentTypeOptions: { override },
      frameOptions: { frameOption: HeadersFrameOption.DENY, override },
      referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN, override },
      strictTransportSecurity: {
        accessControlMaxAge: Duration.days(730),
        includeSubdomains: true,
        override,
      },
    },
  });
}
