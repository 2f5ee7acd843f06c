/** Ids of sites: they stand in file names, keys of objects and SQL. */
export const SITE_ID = /^[a-z0-9-]{1,40}$/;
