/** Every page. A new area adds its list here. */
import { administrationPages } from "./administration/pages.ts";
import { auditPages } from "./audit/pages.ts";
import { casePages } from "./case/pages.ts";
import { characterPages } from "./characters/pages.ts";
import { counterPages } from "./counter/pages.ts";
import { filingPages } from "./filings/pages.ts";
import { searchPages } from "./search/pages.ts";
import { letterPages } from "./letters/pages.ts";
import { homePages } from "./home/pages.ts";
import { interchangePages } from "./interchange/pages.ts";
import { massWorkPages } from "./mass-work/pages.ts";
import { numberPages } from "./numbers/pages.ts";
import { officePages } from "./office/pages.ts";
import { parameterPages } from "./parameters/pages.ts";
import { twoPeoplePages } from "./two-people/pages.ts";
import type { PageDescriptor } from "./page.ts";
import { protectionPages } from "./protection/pages.ts";
import { recoveryPages } from "./recoveries/pages.ts";
import { requestPages } from "./requests/pages.ts";
import { reviewPages } from "./review/pages.ts";
import { runPages } from "./runs/pages.ts";
import { statisticsPages } from "./statistics/pages.ts";
import { taskPages } from "./tasks/pages.ts";

export const allPages: readonly PageDescriptor[] = [
  ...homePages,
  ...casePages,
  ...searchPages,
  ...filingPages,
  ...taskPages,
  ...interchangePages,
  ...counterPages,
  ...runPages,
  ...letterPages,
  ...massWorkPages,
  ...reviewPages,
  ...recoveryPages,
  ...requestPages,
  ...protectionPages,
  ...numberPages,
  ...officePages,
  ...administrationPages,
  ...statisticsPages,
  ...parameterPages,
  ...characterPages,
  ...auditPages,
  ...twoPeoplePages,
];
