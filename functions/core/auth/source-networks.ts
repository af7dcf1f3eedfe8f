import ipaddr from "ipaddr.js";

/** The network in CIDR notation as `sourceNetworksOf` writes it: host bits zero, IPv6 shortened. Throws when it is none. */
export function canonicalNetwork(cidr: string): string {
  const [address, bits] = ipaddr.parseCIDR(cidr.includes("/") ? cidr : `${cidr}/${bitsOf(cidr)}`);
  return networkOf(address, bits);
}

/**
 * Every network that the address is in, from the address alone to the whole Internet. Checks of a token compare text:
 * Datalog has no addresses. An IPv4 address mapped into IPv6 is IPv4.
 */
export function sourceNetworksOf(address: string): string[] {
  if (!ipaddr.isValid(address)) return [];
  const source = ipaddr.process(address);
  return Array.from({ length: bitsOf(source.toString()) + 1 }, (_, bits) => networkOf(source, bits));
}

const bitsOf = (address: string) => (address.includes(":") ? 128 : 32);

function networkOf(address: ipaddr.IPv4 | ipaddr.IPv6, bits: number): string {
  const cidr = `${address.toString()}/${bits}`;
  const network =
    address instanceof ipaddr.IPv4
      ? ipaddr.IPv4.networkAddressFromCIDR(cidr)
      : ipaddr.IPv6.networkAddressFromCIDR(cidr);
  return `${network.toString()}/${bits}`;
}
