/** `roleName` for `RoleName`: how validation messages write members. */
export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** `VpcId` for `vpcId`: how EC2 requests write members whose model gives no name for them. */
export function upperFirst(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
