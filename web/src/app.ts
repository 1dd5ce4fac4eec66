// What the pages do with scripts on. Without them everything can still be read, searched and asked for.

import { contents } from "./contents.ts";
import { copying } from "./copying.ts";
import { facets } from "./facets.ts";
import { instant } from "./instant.ts";
import { keys } from "./keys.ts";
import { margin } from "./margin.ts";
import { menus } from "./menus.ts";
import { mine } from "./mine.ts";
import { papers } from "./papers.ts";
import { pdfs } from "./pdf.ts";
import { unfold } from "./printing.ts";
import { readings } from "./readings.ts";
import { sync } from "./sync.ts";
import { everything, watch } from "./typesetting.ts";

watch(document.documentElement);
addEventListener("beforeprint", everything);
addEventListener("afterprint", unfold);
margin();
contents();
copying();
keys();
menus();
papers();
mine();
sync();
instant();
facets();
readings();
pdfs();
