/** Version of the rule set that judges (M4). */
export const ruleVersion = "dev";
