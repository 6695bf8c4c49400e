/** The database role of this system: it adds rows about deliveries and reads them, and knows no person. */
export const ROLE = "hagukumi_interchange";
