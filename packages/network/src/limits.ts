/** EC2's quotas for one account and Region (documented defaults), and our own bounds where EC2 publishes none. */
export const networkLimits = {
  vpcsMax: 5,
  subnetsPerVpcMax: 200,
  securityGroupsMax: 2_500,
  rulesPerDirectionMax: 60,
  groupsPerInterfaceMax: 5,
  interfacesMax: 5_000,
  tagsPerResourceMax: 50,
  filtersMax: 50,
  filterValuesMax: 200,
  /** Ids in one request; documented for tag calls, ours for the others. */
  idsPerRequestMax: 1_000,
  pageSizeMin: 5,
  pageSizeMax: 1_000,
  nameLengthMax: 255,
  descriptionLengthMax: 255,
} as const;
