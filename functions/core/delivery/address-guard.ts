import { lookup as dnsLookup, type LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import { buildConnector } from "undici";

/** The target's address is not one a stranger may make us call. */
export class ForbiddenTarget extends Error {
  override readonly name = "ForbiddenTarget";
}

/** Of those above 1023, what the Fetch standard blocks: they belong to services that are not HTTP (port blocking). */
const blockedPorts = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
  10_080,
]);

/**
 * Whether an endpoint may be on this port (empty for the protocol's own): those of the web, and unprivileged ones that
 * are no other service's. An open mail server or router must not be reached through us.
 */
export function isWebPort(port: string): boolean {
  if (port === "" || port === "80" || port === "443") return true;
  return Number(port) > 1023 && !blockedPorts.has(Number(port));
}

/** Resolves a host name to all its addresses, as `dns.lookup` with `all` does. */
export type Resolve = (
  hostname: string,
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

const resolveWithDns: Resolve = (hostname, callback) => {
  dnsLookup(hostname, { all: true }, callback);
};

/**
 * Whether an address belongs to the public Internet. Everything that is special-purpose for ipaddr.js (loopback,
 * private, link-local, carrier NAT, 6to4, NAT64 and so on) is not; an IPv4 address mapped into IPv6 is judged as IPv4.
 */
export function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === "unicast";
}

/**
 * A connector for undici that only reaches public addresses, on ports of the web. Names are resolved once: if any address is forbidden the
 * connection is refused, else it goes to one of those judged, and the peer is judged again when connected. So a name
 * that changes its mind between check and use (DNS rebinding) gains nothing.
 */
export function guardedConnector(options: {
  timeoutMs: number;
  resolve?: Resolve;
}): buildConnector.connector {
  const resolve = options.resolve ?? resolveWithDns;
  const lookup: LookupFunction = (hostname, lookupOptions, callback) => {
    resolve(hostname, (error, addresses) => {
      if (error) return callback(error, []);
      const forbidden = addresses.find(({ address }) => !isPublicAddress(address));
      if (forbidden || addresses.length === 0) return callback(new ForbiddenTarget(hostname), []);
      return lookupOptions.all === true
        ? callback(null, addresses)
        : callback(null, addresses[0]?.address ?? "", addresses[0]?.family);
    });
  };
  const connect = buildConnector({ timeout: options.timeoutMs, lookup });
  return (target, callback) => {
    const hostname = target.hostname.replace(/^\[|\]$/g, "");
    const isForbiddenAddress = isIP(hostname) !== 0 && !isPublicAddress(hostname);
    if (isForbiddenAddress || !isWebPort(target.port)) {
      callback(new ForbiddenTarget(hostname), null);
      return;
    }
    connect(target, (...result) => {
      const [error, socket] = result;
      if (error) callback(error, null);
      else if (socket.remoteAddress && isPublicAddress(socket.remoteAddress)) callback(null, socket);
      else {
        socket.destroy();
        callback(new ForbiddenTarget(hostname), null);
      }
    });
  };
}
